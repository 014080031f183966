// What searches ask of a resource, read from its JSON once when it is saved.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/document/document.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

class JsonWriter;

struct ResourceIndex {
  std::vector<Identifier> identifiers;
  std::string subject;  // "Patient/<id>", as it stands in the resource
  std::string device;   // "Device/<id>"
  std::vector<std::string> codes;
  std::optional<DateTime> start, end;  // effective[x]
};

// Fails with "store-rejected" where the text is no JSON object of that type and id.
Result<ResourceIndex> index_resource(document::Document& json, const Resource& resource);

// As JsonWriter::copy(), but no text keeps white space at its ends: so the server behind the old service stores texts.
void copy_trimmed(JsonWriter& out, std::string_view name, const document::Node& node);

// The resource as it is stored: with meta.versionId and meta.lastUpdated, and its texts trimmed.
std::string with_meta(const document::Node& resource, std::string_view version, std::string_view updated);

// A version of `meta`, empty where there is none.
std::string version_of(const document::Node& resource);

// White space around an identifier's value does not count.
bool carries(const ResourceIndex& index, const Identifier& identifier);

}  // namespace aorta::fhir
