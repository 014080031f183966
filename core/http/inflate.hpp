// Bodies that were compressed on their way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::http {

// `coding`: as in Content-Encoding: gzip, x-gzip, deflate (with or without zlib's header), identity or empty. Errors:
// "unknown-coding"; "bad-coding", damaged or cut off; "too-large", it would grow beyond `limit` bytes.
Result<std::string> decode_body(std::string_view coding, std::string body, std::uint64_t limit);

}  // namespace aorta::http
