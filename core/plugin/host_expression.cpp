// expression/1
#include "core/plugin/expression_calls.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

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
  auto matched = match_into(Instance::of(host).scratch(), expression, document, root, tokens, count);
  return matched.has_error() ? fail_with(matched.error()) : AORTA_OK;
}

std::int32_t one(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node** token
) {
  auto found = one_into(Instance::of(host).scratch(), expression, document, root, token);
  return found.has_error() ? fail_with(found.error()) : AORTA_OK;
}

}  // namespace

const aorta_expression_api kExpressionApi{
    sizeof(aorta_expression_api), 0, &compile, &release, &match, &one, &required_name_of};

}  // namespace aorta::plugin
