// JMESPath, compiled and evaluated: expression NUL document.
#include "tests/fuzz/support/expression.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

void jmes_path(std::string_view input) { check_expression(expr::Language::JmesPath, input); }

}  // namespace

// Two evaluations, each of which may use up its steps.
const Target kJmesPath{"jmes_path", jmes_path, {.seconds = 8}};

}  // namespace aorta::fuzz
