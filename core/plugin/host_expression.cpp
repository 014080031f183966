// expression/1
#include <cstring>

#include "core/expr/expression.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

expr::Expression* from(aorta_expression* handle) { return reinterpret_cast<expr::Expression*>(handle); }
const expr::Expression* from(const aorta_expression* handle) {
  return reinterpret_cast<const expr::Expression*>(handle);
}

aorta_expression* compile(const aorta_host*, std::int32_t language, aorta_str text) {
  auto compiled = expr::Expression::compile(static_cast<expr::Language>(language), view(text));
  if (compiled.has_error()) {
    fail_with(compiled.error());
    return nullptr;
  }
  return reinterpret_cast<aorta_expression*>(new expr::Expression(std::move(*compiled)));
}

void release(aorta_expression* expression) { delete from(expression); }

std::int32_t match(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node* const** tokens, std::uint64_t* count
) {
  Arena& arena = plugin::from(document)->arena();
  expr::Tokens& found = Instance::of(host).scratch();
  found.clear();
  auto matched = from(expression)->match(*plugin::from(root), arena, found);
  std::size_t size = found.nodes.size();
  void* kept = arena.allocate(size * sizeof(aorta_node*), alignof(aorta_node*));
  if (size > 0) std::memcpy(kept, found.nodes.data(), size * sizeof(aorta_node*));
  *tokens = static_cast<const aorta_node* const*>(kept);
  *count = size;
  return matched.has_error() ? fail_with(matched.error()) : AORTA_OK;
}

std::int32_t one(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node** token
) {
  if (from(expression)->is_plain_path()) {
    *token = to_abi(from(expression)->follow(*plugin::from(root)));
    return AORTA_OK;
  }
  expr::Tokens& scratch = Instance::of(host).scratch();
  auto found = from(expression)->one(*plugin::from(root), plugin::from(document)->arena(), scratch);
  if (found.has_error()) return fail_with(found.error());
  *token = to_abi(*found);
  return AORTA_OK;
}

aorta_str required_name(const aorta_expression* expression, std::uint64_t index) {
  auto names = from(expression)->required_names();
  return index < names.size() ? to_abi(std::string_view(names[index])) : aorta_str{};
}

}  // namespace

const aorta_expression_api kExpressionApi{
    sizeof(aorta_expression_api), 0, &compile, &release, &match, &one, &required_name};

}  // namespace aorta::plugin
