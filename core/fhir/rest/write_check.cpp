#include "core/fhir/rest/write_check.hpp"

#include "core/document/document.hpp"
#include "core/fhir/json_compare.hpp"
#include "core/fhir/json_writer.hpp"

namespace aorta::fhir {
namespace {

std::string without(std::string_view resource, std::string_view name) {
  document::Document read;
  if (read.read_value(resource, document::kPlainJson).has_error()) return std::string(resource);
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  for (document::Child member : document::Children(read.root())) {
    if (member.name != name) out.copy(member.name, *member.node);
  }
  out.end_object();
  return json;
}

}  // namespace

bool same_but_for_meta(std::string_view sent, std::string_view stored) {
  std::string a = without(sent, "meta"), b = without(stored, "meta");
  document::Document left, right;
  return left.read_value(a, document::kPlainJson).has_value() &&
         right.read_value(b, document::kPlainJson).has_value() && same_content(left.root(), right.root());
}

std::string without_id(std::string_view resource) { return without(resource, "id"); }

}  // namespace aorta::fhir
