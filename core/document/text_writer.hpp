// Puts JSON text together in a string: many short pieces, for which std::string's own appending costs more than the
// bytes do.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "core/base/put_text.hpp"
#include "core/base/time.hpp"

namespace aorta::document {

// Copies, and says whether nothing of it is escaped between a JSON string's quotes.
bool copy_if_plain(std::string_view text, char* to);

// Appends to `out`, which nobody else may touch, and which is longer than what was written, until flush() or until this
// is gone.
class TextWriter {
 public:
  explicit TextWriter(std::string& out) : TextWriter(out, out.size()) {}
  // Writes over what `out` holds from `begin` on.
  TextWriter(std::string& out, std::size_t begin) : out_(out), at_(out.data() + begin), end_(out.data() + out.size()) {}
  ~TextWriter() { flush(); }
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  // Makes `out` what was written and no more; afterwards it may be read or moved away, but not written to.
  void flush() {
    if (at_ != end_) out_.resize(size());
    end_ = at_;
  }
  // Leaves `out` as long as it is, to be written over again without the cost of making it that long.
  std::string_view take_text() {
    end_ = at_;
    return {out_.data(), size()};
  }
  // Of the text so far.
  std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }
  // Takes back what was written since the text had this size.
  void rewind(std::size_t size) { at_ = out_.data() + size; }

  // Inline: the size of a literal is then known, and copying it is a move or two.
  [[gnu::always_inline]] void put(std::string_view text) {
    char* to = take(text.size());
    std::memcpy(to, text.data(), text.size());
  }
  void put(char c) { *take(1) = c; }
  // One behind the other.
  template <class... Texts>
  [[gnu::always_inline]] void put_each(const Texts&... texts) {
    char* to = take((std::string_view(texts).size() + ...));
    ((to = put_text(to, texts)), ...);
  }
  // As a JSON string literal; what is escaped: as append_json_string().
  void put_string(std::string_view text) { put_string("", text); }
  // The same behind `before`, which is put as it is.
  [[gnu::always_inline]] void put_string(std::string_view before, std::string_view text) {
    char* to = take(before.size() + text.size() + 2);
    std::memcpy(to, before.data(), before.size());
    put_string_at(to + before.size(), text);
  }
  // What stands between its quotes.
  void put_string_part(std::string_view text);
  // A member's name as a JSON string literal, with the colon behind it, and a comma before it where it is not the
  // first.
  void put_name(std::string_view name, bool first);
  // In quotes, as iso_text() and as round_trip_text().
  void put_time(DateTime time);
  void put_round_trip(DateTime time);

 private:
  static constexpr std::size_t kStep = 512;

  // Where the next `size` characters go.
  [[gnu::always_inline]] char* take(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
    char* to = at_;
    at_ += size;
    return to;
  }
  // In room that was taken for it, with its quotes.
  void put_string_at(char* to, std::string_view text);
  void grow(std::size_t wanted);
  void put_escaped(std::string_view text);

  std::string& out_;
  char* at_;   // where the next character goes
  char* end_;  // of what is there of out_
};

}  // namespace aorta::document
