#include "core/fhir/rest/query_path.hpp"

#include <algorithm>

#include "core/http/url.hpp"

namespace aorta::fhir {
namespace {

bool has_meaning(char c) { return c == '\\' || c == ',' || c == '$' || c == '|'; }

// Escaped, then percent-encoded.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const char* special = std::find_if(text.data(), text.data() + text.size(), has_meaning);
    auto plain = static_cast<std::size_t>(special - text.data());
    http::append_percent_encoded(out, text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    out += "%5C";
    http::append_percent_encoded(out, text.substr(0, 1));
    text.remove_prefix(1);
  }
}

}  // namespace

std::string resource_path(std::string_view type, std::string_view id) {
  std::string out;
  out.reserve(type.size() + 1 + id.size());
  out += type;
  out += '/';
  http::append_percent_encoded(out, id);
  return out;
}

std::string identifier_query(const Identifier& identifier) {
  std::string out;
  append_identifier_query(out, identifier);
  return out;
}

void append_identifier_query(std::string& out, const Identifier& identifier) {
  out.reserve(out.size() + 2 * identifier.system.size() + identifier.value.size() + 16);
  out += "identifier=";
  if (!identifier.system.empty()) {
    append_escaped(out, identifier.system);
    out += "%7C";
  }
  append_escaped(out, identifier.value);
}

}  // namespace aorta::fhir
