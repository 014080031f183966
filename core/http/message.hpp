// What goes to a server, and what comes back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.hpp"

namespace aorta::http {

enum class Method : std::uint8_t { Get, Post, Put, Patch, Delete, Head };

struct Header {
  std::string name, value;
};

struct Request {
  Method method = Method::Get;
  std::string url;  // absolute, percent-encoded
  std::vector<Header> headers = {};
  std::string_view body = {};  // outlives the call
  // Asks and changes nothing: sent again where no answer came, or one that says nothing of the question (5xx).
  bool safe = false;
  bool bytes = false;  // the answer's body is wanted as it came, not as text
};

struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;  // decompressed; as valid UTF-8 unless bytes were wanted

  // The last of that name, in any letter case; empty: there is none.
  std::string_view header(std::string_view name) const {
    for (auto h = headers.rbegin(); h != headers.rend(); ++h) {
      if (equals_ignoring_ascii_case(h->name, name)) return h->value;
    }
    return {};
  }
};

}  // namespace aorta::http
