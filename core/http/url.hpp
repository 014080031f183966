// Addresses: nothing that a device sent stands in one unless it went through percent_encode().
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::http {

// Every byte but the unreserved ones of RFC 3986 (letters, digits, - . _ ~) as %XX.
void append_percent_encoded(std::string& out, std::string_view text);
std::string percent_encode(std::string_view text);

// A server's address as a person writes it.
struct BaseUrl {
  std::string text;    // without a slash at its end: "https://fhir.example.org/r4"
  std::string origin;  // "https://fhir.example.org:443"
  bool secure = false;
  bool loopback = false;  // this very machine
};
// Reason of failure: "bad-url" (no http or https, user or password, query, fragment).
Result<BaseUrl> parse_base_url(std::string_view url);

// "https://host:port", the port always named; empty where `url` is no absolute http(s) address.
std::string origin_of(const std::string& url);
// What `reference` means where it stands in the answer to `base`; empty where it cannot be read.
std::string resolve(const std::string& base, const std::string& reference);

}  // namespace aorta::http
