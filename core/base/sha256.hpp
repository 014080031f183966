// SHA-256 as text, for ids and identifiers that are pure functions of content.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

namespace aorta {

// 64 lower-case hexadecimal digits. [any thread]
std::string sha256_hex(std::string_view bytes);
// Of all pieces, one after the other.
std::string sha256_hex(std::initializer_list<std::string_view> pieces);

// A digest that is under way. A copy goes on by itself, so that a common beginning is digested once.
class Sha256 {
 public:
  using Hex = std::array<char, 64>;

  Sha256();
  void add(std::string_view bytes);
  // The digest of all that was added; nothing more can be.
  Hex hex();

 private:
  alignas(8) std::array<unsigned char, 112> state_;
};

}  // namespace aorta
