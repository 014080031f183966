// SHA-256 as text, for ids and identifiers that are pure functions of content.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace aorta {

// 64 lower-case hexadecimal digits. [any thread]
std::string sha256_hex(std::string_view bytes);
// Of all pieces, one after the other.
std::string sha256_hex(std::initializer_list<std::string_view> pieces);

}  // namespace aorta
