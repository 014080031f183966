#include "tests/unit/expr/jmes_support.hpp"

#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/expr/expression.hpp"

namespace aorta::expr {
namespace {

std::string json_of(const Tokens& tokens) {
  std::string out = tokens.projection ? "*[" : "";
  for (std::size_t i = 0; i < tokens.nodes.size(); ++i) {
    if (i > 0) out += ',';
    document::append_json(out, *tokens.nodes[i]);
  }
  if (tokens.projection) return out + "]";
  return tokens.nodes.empty() ? "null" : out;
}

Result<std::string> answer(std::string_view expression, std::string_view json) {
  document::Document data;
  AORTA_CHECK(data.read_value(json));
  AORTA_TRY(plan, compile_jmes_path(expression));
  Tokens tokens;
  AORTA_CHECK(plan->select(data.root(), data.arena(), tokens));
  return json_of(tokens);
}

}  // namespace

std::string search(std::string_view expression, std::string_view json) {
  Result<std::string> found = answer(expression, json);
  return found.has_error() ? "!" + std::string(found.error().reason()) : *found;
}

std::string failure(std::string_view expression, std::string_view json) {
  Result<std::string> found = answer(expression, json);
  return found.has_error() ? std::string(found.error().message()) : "";
}

}  // namespace aorta::expr
