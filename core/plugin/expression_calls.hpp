// What expression/1 does, for whoever has a Tokens to work in: the host's instances, and the services that plugins'
// tests link with.
#pragma once

#include <cstring>

#include "core/document/document.hpp"
#include "core/expr/expression.hpp"
#include "core/plugin/handles.hpp"

namespace aorta::plugin {

inline expr::Expression* from(aorta_expression* handle) { return reinterpret_cast<expr::Expression*>(handle); }
inline const expr::Expression* from(const aorta_expression* handle) {
  return reinterpret_cast<const expr::Expression*>(handle);
}

// All tokens; the array lives in the document.
inline Result<void> match_into(
    expr::Tokens& found, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node* const** tokens, std::uint64_t* count
) {
  Arena& arena = from(document)->arena();
  found.clear();
  auto matched = from(expression)->match(*from(root), arena, found);
  std::size_t size = found.nodes.size();
  void* kept = arena.allocate(size * sizeof(aorta_node*), alignof(aorta_node*));
  auto** nodes = static_cast<const document::Node**>(kept);
  if (size == 1) {
    *nodes = found.nodes.front();  // nearly always, and no call
  } else if (size > 1) {
    std::memcpy(nodes, found.nodes.data(), size * sizeof(aorta_node*));
  }
  *tokens = static_cast<const aorta_node* const*>(kept);
  *count = size;
  return matched;
}

// The one token, or nullptr.
inline Result<void> one_into(
    expr::Tokens& scratch, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node** token
) {
  if (from(expression)->is_plain_path()) {
    *token = to_abi(from(expression)->follow(*from(root)));
    return {};
  }
  AORTA_TRY(found, from(expression)->one(*from(root), from(document)->arena(), scratch));
  *token = to_abi(found);
  return {};
}

inline aorta_str required_name_of(const aorta_expression* expression, std::uint64_t index) {
  auto names = from(expression)->required_names();
  return index < names.size() ? to_abi(std::string_view(names[index])) : aorta_str{};
}

}  // namespace aorta::plugin
