#include "core/expr/expression.hpp"

#include <utility>

#include "core/document/document.hpp"
#include "core/expr/excerpt.hpp"

namespace aorta::expr {
namespace {

std::span<const document::Link> as_links(const std::vector<const document::Node*>& nodes, Arena& arena) {
  std::span<document::Link> links = arena.make_array<document::Link>(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) links[i].value = nodes[i];
  return links;
}

}  // namespace

Result<Expression> Expression::compile(Language language, std::string_view text) {
  AORTA_TRY(plan, language == Language::JsonPath ? compile_json_path(text) : compile_jmes_path(text));
  return Expression(language, std::string(text), std::move(plan));
}

Result<void> Expression::match(const document::Node& root, Arena& arena, Tokens& out) const {
  return plan_->select(root, arena, out);
}

Result<const document::Node*> Expression::one(const document::Node& root, Arena& arena, Tokens& scratch) const {
  if (is_plain_path()) return follow(root);
  scratch.clear();
  scratch.enough = 2;
  Result<void> selected = plan_->select(root, arena, scratch);
  scratch.enough = Tokens::kAll;
  if (selected.has_error()) return selected.error();
  std::size_t count = scratch.nodes.size();
  if (count > 1) return Error("multiple-tokens", excerpt(text_) + " selects several tokens where one is expected");
  if (scratch.projection) return document::make_linked(arena, document::Kind::Array, as_links(scratch.nodes, arena));
  return count == 0 ? nullptr : scratch.nodes.front();
}

}  // namespace aorta::expr
