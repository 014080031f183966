// SHA-256 as text, for ids and identifiers that are pure functions of content.
#pragma once

#include <string>
#include <string_view>

namespace aorta {

// 64 lower-case hexadecimal digits. [any thread]
std::string sha256_hex(std::string_view bytes);

}  // namespace aorta
