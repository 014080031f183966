#include "core/fhir/rest/query_path.hpp"

#include "core/http/url.hpp"

namespace aorta::fhir {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '\\' || c == ',' || c == '$' || c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string resource_path(std::string_view type, std::string_view id) {
  std::string out(type);
  out += '/';
  http::append_percent_encoded(out, id);
  return out;
}

std::string identifier_query(const Identifier& identifier) {
  std::string out = "identifier=";
  if (!identifier.system.empty()) {
    http::append_percent_encoded(out, escaped(identifier.system));
    out += "%7C";
  }
  http::append_percent_encoded(out, escaped(identifier.value));
  return out;
}

}  // namespace aorta::fhir
