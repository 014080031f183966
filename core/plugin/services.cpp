#include "aorta/testing/services.h"

#include <memory>
#include <string>

#include "core/plugin/expression_calls.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/services_store.hpp"

namespace aorta::plugin {
namespace {

// A document with the texts that its nodes point into.
struct OwnedDocument : document::Document {
  std::string body, properties, system_properties;
};

std::int32_t fail(const aorta_host* host, const Error& error) {
  host->fail(host, AORTA_REJECT, to_abi(error.reason()), to_abi(error.message()));
  return AORTA_REJECT;
}

expr::Tokens& scratch() {
  thread_local expr::Tokens tokens;
  return tokens;
}

// expression/1 -----------------------------------------------------------------------------------------------------
aorta_expression* compile(const aorta_host* host, std::int32_t language, aorta_str text) {
  auto compiled = expr::Expression::compile(static_cast<expr::Language>(language), view(text));
  if (!compiled.has_error()) return reinterpret_cast<aorta_expression*>(new expr::Expression(std::move(*compiled)));
  fail(host, compiled.error());
  return nullptr;
}

void release_expression(aorta_expression* expression) { delete from(expression); }

std::int32_t match(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node* const** tokens, std::uint64_t* count
) {
  auto matched = match_into(scratch(), expression, document, root, tokens, count);
  return matched.has_error() ? fail(host, matched.error()) : AORTA_OK;
}

std::int32_t one(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node** token
) {
  auto found = one_into(scratch(), expression, document, root, token);
  return found.has_error() ? fail(host, found.error()) : AORTA_OK;
}

// services.h -------------------------------------------------------------------------------------------------------
aorta_document* given(const aorta_host* host, std::unique_ptr<OwnedDocument> document, const Result<void>& read) {
  if (!read.has_error()) return to_abi(document.release());
  fail(host, read.error());
  return nullptr;
}

aorta_document* read_message(
    const aorta_host* host, aorta_str body, aorta_str properties, aorta_str system_properties
) {
  auto document = std::make_unique<OwnedDocument>();
  document->body = view(body);
  document->properties = properties.data ? view(properties) : "{}";
  document->system_properties = system_properties.data ? view(system_properties) : "{}";
  document::Envelope envelope{document->body, document->properties, document->system_properties};
  Result<void> read = document->read_envelope(envelope);
  return given(host, std::move(document), read);
}

aorta_document* read_value(const aorta_host* host, aorta_str text) {
  auto document = std::make_unique<OwnedDocument>();
  document->body = view(text);
  Result<void> read = document->read_value(std::string_view(document->body));
  return given(host, std::move(document), read);
}

void release(aorta_document* document) { delete static_cast<OwnedDocument*>(from(document)); }

const aorta_expression_api kServicesExpression{
    sizeof(aorta_expression_api), 0, &compile, &release_expression, &match, &one, &required_name_of};

}  // namespace
}  // namespace aorta::plugin

extern "C" const aorta_services aorta_services_v1 = {
    sizeof(aorta_services),
    0,
    &aorta::plugin::kDocumentApi,
    &aorta::plugin::kServicesExpression,
    &aorta::plugin::read_message,
    &aorta::plugin::read_value,
    &aorta::plugin::release,
    &aorta::plugin::make_test_store,
    &aorta::plugin::release_test_store,
    &aorta::plugin::identify_in,
    &aorta::plugin::find_in,
    &aorta::plugin::update_in,
    aorta::plugin::kFhirApi.id,
    &aorta::plugin::each_resource_of};
