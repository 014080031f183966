#include "core/http/url.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <array>
#include <memory>

#include "core/base/text.hpp"

namespace aorta::http {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCleanup>;

Url parse(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

bool is_http(const Url& url) {
  std::string scheme = part(url, CURLUPART_SCHEME);
  return scheme == "http" || scheme == "https";
}

std::string origin(const Url& url) {
  std::string host = part(url, CURLUPART_HOST);
  for (char& c : host) c = ascii_lower(c);
  return part(url, CURLUPART_SCHEME) + "://" + host + ":" + part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

// An address of 127.0.0.0/8 or ::1 as such, or "localhost": no other name is known to stay on this machine.
bool is_loopback(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return ntohl(address.s_addr) >> 24 == 127;
  return host == "[::1]" || equals_ignoring_ascii_case(host, "localhost");
}

Error bad(std::string_view what) { return Error("bad-url", std::string(what)); }

constexpr bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0; c < out.size(); ++c) out[c] = is_unreserved(static_cast<unsigned char>(c));
  return out;
}();

// The first byte of `text` from `at` on that has to be encoded.
std::size_t end_of_unreserved(std::string_view text, std::size_t at) {
  while (at < text.size() && kUnreserved[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

}  // namespace

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (std::size_t at = 0;; ++at) {
    std::size_t end = end_of_unreserved(text, at);
    out.append(text, at, end - at);
    if (end == text.size()) return;
    auto byte = static_cast<unsigned char>(text[end]);
    const char encoded[] = {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    out.append(encoded, sizeof encoded);
    at = end;
  }
}

std::string percent_encode(std::string_view text) {
  std::string out;
  append_percent_encoded(out, text);
  return out;
}

Result<BaseUrl> parse_base_url(std::string_view text) {
  std::string address(text);
  while (address.ends_with('/')) address.pop_back();
  Url url = address.find("://") == std::string::npos ? nullptr : parse(address);
  if (!url || !is_http(url)) return bad("expected an address such as https://fhir.example.org/r4");
  if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty())
    return bad("has a user or password in it; write them under auth");
  if (!part(url, CURLUPART_QUERY).empty() || !part(url, CURLUPART_FRAGMENT).empty())
    return bad("has a query or fragment; end it with the path of the FHIR service");
  bool loopback = is_loopback(part(url, CURLUPART_HOST));
  return BaseUrl{std::move(address), origin(url), part(url, CURLUPART_SCHEME) == "https", loopback};
}

std::string origin_of(const std::string& text) {
  Url url = text.find("://") == std::string::npos ? nullptr : parse(text);
  return url && is_http(url) ? origin(url) : std::string();
}

std::string resolve(const std::string& base, const std::string& reference) {
  Url url = parse(base);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK) return {};
  return part(url, CURLUPART_URL);
}

}  // namespace aorta::http
