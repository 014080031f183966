#include "core/fhir/rest/capabilities.hpp"

#include "core/document/document.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Node;
using document::string_of;

namespace {

void read_interactions(const Node& rest, Capabilities& out) {
  const Node* list = document::member(rest, "interaction");
  if (!list) return;
  for (Child one : Children(*list)) {
    std::string_view code = string_of(document::member(*one.node, "code"));
    out.batch = out.batch || code == "batch";
    out.transaction = out.transaction || code == "transaction";
  }
}

std::optional<bool> has_identifier(const Node& resource) {
  const Node* list = document::member(resource, "searchParam");
  if (!list || list->count == 0) return std::nullopt;
  for (Child one : Children(*list)) {
    if (string_of(document::member(*one.node, "name")) == "identifier") return true;
  }
  return false;
}

void read_observation(const Node& rest, Capabilities& out) {
  const Node* list = document::member(rest, "resource");
  if (!list) return;
  for (Child one : Children(*list)) {
    if (string_of(document::member(*one.node, "type")) != "Observation") continue;
    const Node* update_create = document::member(*one.node, "updateCreate");
    if (update_create && update_create->kind == document::Kind::Boolean) out.update_create = update_create->boolean;
    std::string_view versioning = string_of(document::member(*one.node, "versioning"));
    if (!versioning.empty()) out.versioned = versioning != "no-version";
    out.identifier_search = has_identifier(*one.node);
  }
}

}  // namespace

std::optional<Capabilities> read_capabilities(std::string_view json) {
  document::Document statement;
  if (statement.read_value(json, document::kPlainJson).has_error() ||
      string_of(document::member(statement.root(), "resourceType")) != "CapabilityStatement")
    return std::nullopt;
  Capabilities out;
  out.version = string_of(document::member(statement.root(), "fhirVersion"));
  if (const Node* rest = document::member(statement.root(), "rest")) {
    for (Child one : Children(*rest)) {
      if (string_of(document::member(*one.node, "mode")) == "client") continue;
      read_interactions(*one.node, out);
      read_observation(*one.node, out);
    }
  }
  return out;
}

RestOptions resolve(RestOptions options, const Capabilities& says) {
  if (options.bundles == Bundles::Auto)
    options.bundles = says.batch ? Bundles::Batch : says.transaction ? Bundles::Transaction : Bundles::Off;
  if (options.find_by == FindBy::Auto)
    options.find_by = says.identifier_search.value_or(true) ? FindBy::Identifier : FindBy::Id;
  if (options.ids == Ids::Auto && says.update_create) options.ids = *says.update_create ? Ids::Client : Ids::Server;
  if (options.versions == Versions::Auto)
    options.versions = says.versioned.value_or(true) ? Versions::Checked : Versions::Unchecked;
  return options;
}

}  // namespace aorta::fhir
