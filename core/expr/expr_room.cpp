#include "core/expr/expression.hpp"

namespace aorta::expr {

// Goes when the real one stands in jmes_path/.
Result<std::unique_ptr<const Plan>> compile_jmes_path(std::string_view text) {
  return Error("bad-jmes-path", "JMESPath `" + std::string(text) + "` is not supported yet");
}

}  // namespace aorta::expr
