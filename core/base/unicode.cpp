#include "core/base/unicode.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/base/letters.hpp"

namespace aorta {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
}

// What may stand second after `first` (Unicode standard, table 3-7).
struct Lead {
  std::size_t size = 0;  // of the whole sequence; 0: no lead byte
  unsigned char low = 0x80, high = 0xBF;
};

Lead lead_of(unsigned char first, Surrogates surrogates) {
  if (first < 0x80) return {1};
  if (first < 0xC2) return {};
  if (first < 0xE0) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED && surrogates == Surrogates::Refuse) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first < 0xF4) return {4};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

// The sequence at `i`: its length, negative if it is faulty (then as long as the part that could still have become
// one).
int sequence_at(std::string_view text, std::size_t i, Surrogates surrogates) {
  Lead lead = lead_of(byte_at(text, i), surrogates);
  if (lead.size == 0) return -1;
  for (std::size_t k = 1; k < lead.size; ++k) {
    unsigned char c = byte_at(text, i + k);
    bool fits = k == 1 ? c >= lead.low && c <= lead.high : c >= 0x80 && c <= 0xBF;
    if (!fits) return -static_cast<int>(k);
  }
  return static_cast<int>(lead.size);
}

constexpr std::size_t kBlock = 64;

// Of a whole block.
bool is_ascii(const char* bytes) {
#ifdef __SSE2__
  auto sixteen = [bytes](int i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i)); };
  __m128i all = _mm_or_si128(_mm_or_si128(sixteen(0), sixteen(16)), _mm_or_si128(sixteen(32), sixteen(48)));
  return _mm_movemask_epi8(all) == 0;
#else
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kBlock; i += sizeof all) {
    std::uint64_t word;
    std::memcpy(&word, bytes + i, sizeof word);
    all |= word;
  }
  return (all & 0x8080808080808080U) == 0;
#endif
}

// The last block may overlap the one before it.
std::size_t ascii_prefix(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i + kBlock <= text.size() && is_ascii(text.data() + i)) i += kBlock;
  bool at_last = i + kBlock > text.size() && text.size() >= kBlock;
  if (at_last && is_ascii(text.data() + text.size() - kBlock)) return text.size();
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

std::size_t first_fault(std::string_view text, Surrogates surrogates) {
  std::size_t i = ascii_prefix(text, 0);
  while (i < text.size()) {
    int size = sequence_at(text, i, surrogates);
    if (size < 0) return i;
    i += static_cast<std::size_t>(size);
    if (byte_at(text, i) < 0x80) i = ascii_prefix(text, i);
  }
  return i;
}

// Code units of `size` bytes, one after the other, of a text in UTF-16 or UTF-32.
class Units {
 public:
  Units(std::string_view bytes, std::size_t size, bool big) : bytes_(bytes), size_(size), big_(big) {}
  bool at_end() const { return i_ >= bytes_.size(); }
  char32_t next() {
    if (bytes_.size() - i_ < size_) {
      i_ = bytes_.size();
      return kReplacement;
    }
    char32_t unit = 0;
    for (std::size_t k = 0; k < size_; ++k) unit = unit << 8 | byte_at(bytes_, big_ ? i_ + k : i_ + size_ - 1 - k);
    i_ += size_;
    return unit;
  }
  char32_t next_char() {
    char32_t c = next();
    if (is_high_surrogate(c) && size_ == 2 && !at_end()) {
      Units ahead = *this;
      char32_t low = ahead.next();
      if (is_low_surrogate(low)) {
        *this = ahead;
        return join_surrogates(c, low);
      }
    }
    return is_surrogate(c) || c > 0x10FFFF ? kReplacement : c;
  }

 private:
  std::string_view bytes_;
  std::size_t size_;
  std::size_t i_ = 0;
  bool big_;
};

std::string_view transcode(Units units, std::size_t bytes, Arena& arena) {
  char* first = arena.make_array<char>(bytes * 2 + 4).data();  // two bytes become three at most
  char* out = first;
  while (!units.at_end()) out = write_utf8(units.next_char(), out);
  return {first, static_cast<std::size_t>(out - first)};
}

}  // namespace

char* write_utf8(char32_t c, char* out) {
  auto put = [&out](char32_t byte) { *out++ = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  char bytes[4];
  out.append(bytes, static_cast<std::size_t>(write_utf8(c, bytes) - bytes));
}

bool is_utf8(std::string_view text, Surrogates surrogates) { return first_fault(text, surrogates) == text.size(); }

std::string_view valid_utf8(std::string_view text, Surrogates surrogates, Arena& arena) {
  std::size_t good = first_fault(text, surrogates);
  if (good == text.size()) return text;
  char* first = arena.make_array<char>(good + 3 * (text.size() - good)).data();
  char* out = std::copy_n(text.data(), good, first);
  for (std::size_t i = good; i < text.size();) {
    int size = sequence_at(text, i, surrogates);
    auto length = static_cast<std::size_t>(size < 0 ? -size : size);
    out = size < 0 ? write_utf8(kReplacement, out) : std::copy_n(text.data() + i, length, out);
    i += length;
  }
  return {first, static_cast<std::size_t>(out - first)};
}

std::string_view decode_bytes(std::string_view bytes, Arena& arena) {
  using namespace std::string_view_literals;
  bool has_no_mark = !bytes.empty() && bytes[0] > 0 && static_cast<unsigned char>(bytes[0]) < 0x80;
  if (has_no_mark) return valid_utf8(bytes, Surrogates::Refuse, arena);
  auto behind = [bytes](std::string_view mark) { return bytes.substr(mark.size()); };
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) return valid_utf8(behind("\xEF\xBB\xBF"sv), Surrogates::Refuse, arena);
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return transcode(Units(bytes.substr(4), 4, false), bytes.size(), arena);
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return transcode(Units(bytes.substr(4), 4, true), bytes.size(), arena);
  if (bytes.starts_with("\xFF\xFE"sv)) return transcode(Units(bytes.substr(2), 2, false), bytes.size(), arena);
  if (bytes.starts_with("\xFE\xFF"sv)) return transcode(Units(bytes.substr(2), 2, true), bytes.size(), arena);
  return valid_utf8(bytes, Surrogates::Refuse, arena);
}

std::size_t utf16_size(std::string_view text) {
  std::size_t units = 0;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) != 0x80 ? 1 : 0;
    units += byte >= 0xF0 ? 1 : 0;
  }
  return units;
}

bool is_white_space(char32_t c) {
  if (c <= 0xFF) return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0;
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_letter_or_digit(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c > 0xFFFF) return false;
  const auto* range = std::lower_bound(
      std::begin(kLetterRanges), std::end(kLetterRanges), c,
      [](const LetterRange& r, char32_t wanted) { return r.last < wanted; }
  );
  return range != std::end(kLetterRanges) && range->first <= c;
}

std::string_view whole_characters(std::string_view text, std::size_t size) {
  if (size >= text.size()) return text;
  while (size > 0 && !starts_character(text[size])) --size;
  return text.substr(0, size);
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

}  // namespace aorta
