#include "core/fhir/resource_index.hpp"

#include <algorithm>

#include "core/base/blank.hpp"
#include "core/fhir/fhir_time.hpp"
#include "core/fhir/json_writer.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Document;
using document::Kind;
using document::Node;

namespace {

std::string_view text_at(const Node& object, std::string_view name) {
  return string_of(document::member(object, name));
}

std::string reference_at(const Node& resource, std::string_view name) {
  const Node* found = document::member(resource, name);
  return found ? std::string(text_at(*found, "reference")) : std::string();
}

void add_identifier(std::vector<Identifier>& out, const Node& node) {
  std::string_view value = trim(text_at(node, "value"));
  if (!value.empty()) out.push_back({std::string(text_at(node, "system")), std::string(value)});
}

// A list in most resources, a single one in some.
std::vector<Identifier> identifiers(const Node& resource) {
  std::vector<Identifier> out;
  const Node* found = document::member(resource, "identifier");
  if (!found) return out;
  if (found->kind == Kind::Object) add_identifier(out, *found);
  if (found->kind != Kind::Array) return out;
  for (Child child : Children(*found)) add_identifier(out, *child.node);
  return out;
}

std::vector<std::string> codes(const Node& resource) {
  std::vector<std::string> out;
  const Node* code = document::member(resource, "code");
  const Node* coding = code ? document::member(*code, "coding") : nullptr;
  if (!coding || coding->kind != Kind::Array) return out;
  for (Child child : Children(*coding)) {
    std::string_view text = text_at(*child.node, "code");
    if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end()) out.emplace_back(text);
  }
  return out;
}

void read_times(const Node& resource, ResourceIndex& out) {
  if (const Node* period = document::member(resource, "effectivePeriod")) {
    out.start = parse_fhir_time(text_at(*period, "start"));
    out.end = parse_fhir_time(text_at(*period, "end"));
  } else {
    out.start = parse_fhir_time(text_at(resource, "effectiveDateTime"));
    out.end = out.start;
  }
}

Error rejected(const Resource& resource, std::string_view why) {
  return Error("store-rejected", "the " + resource.type + " is refused: " + std::string(why));
}

}  // namespace

Result<ResourceIndex> index_resource(Document& json, const Resource& resource) {
  if (json.read_value(resource.json, document::kPlainJson).has_error() || json.root().kind != Kind::Object)
    return rejected(resource, "it is no JSON object");
  const Node& root = json.root();
  if (text_at(root, "resourceType") != resource.type) return rejected(resource, "its resourceType is another");
  if (text_at(root, "id") != resource.id) return rejected(resource, "its id is another");
  ResourceIndex out{
      identifiers(root), reference_at(root, "subject"), reference_at(root, "device"), codes(root), {}, {}};
  read_times(root, out);
  return out;
}

void copy_trimmed(JsonWriter& out, std::string_view name, const Node& node) {
  if (node.kind == Kind::String) return out.text(name, trim(node.text()));
  if (!node.is_container()) return out.copy(name, node);
  bool list = node.kind == Kind::Array;
  list ? out.begin_list(name) : out.begin_object(name);
  for (Child child : Children(node)) copy_trimmed(out, child.name, *child.node);
  list ? out.end_list() : out.end_object();
}

std::string with_meta(const Node& resource, std::string_view version, std::string_view updated) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  const Node* meta = document::member(resource, "meta");
  bool written = false;
  auto write_meta = [&] {
    written = true;
    out.begin_object("meta");
    out.text("versionId", version);
    out.text("lastUpdated", updated);
    if (meta && meta->kind == Kind::Object) {
      for (Child child : Children(*meta)) {
        if (child.name != "versionId" && child.name != "lastUpdated") copy_trimmed(out, child.name, *child.node);
      }
    }
    out.end_object();
  };
  for (Child child : Children(resource)) {
    if (child.name == "meta") continue;
    copy_trimmed(out, child.name, *child.node);
    if (child.name == "id") write_meta();
  }
  if (!written) write_meta();
  out.end_object();
  return json;
}

std::string version_of(const Node& resource) {
  const Node* meta = document::member(resource, "meta");
  return meta ? std::string(text_at(*meta, "versionId")) : std::string();
}

bool carries(const ResourceIndex& index, const Identifier& identifier) {
  std::string_view value = trim(identifier.value);
  return std::any_of(index.identifiers.begin(), index.identifiers.end(), [&](const Identifier& own) {
    return own.value == value && (identifier.system.empty() || own.system == identifier.system);
  });
}

}  // namespace aorta::fhir
