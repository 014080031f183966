// JSONPath, compiled and evaluated: expression NUL document.
#include "tests/fuzz/support/expression.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

void json_path(std::string_view input) { check_expression(expr::Language::JsonPath, input); }

}  // namespace

// Two evaluations, each of which may use up its steps.
const Target kJsonPath{"json_path", json_path, {.seconds = 8}};

}  // namespace aorta::fuzz
