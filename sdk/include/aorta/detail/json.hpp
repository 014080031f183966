// A small strict JSON reader for configurations, and the writing of string literals. Depth at most 32.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/status.hpp"

namespace aorta::detail {

struct Json {
  enum class Kind : std::uint8_t { Null, Boolean, Number, String, Array, Object } kind = Kind::Null;
  bool boolean = false;
  std::string text{};                // a string's content; a number's source text
  std::vector<std::string> names{};  // an object's, one per item
  std::vector<Json> items{};

  template <class Number>
  std::optional<Number> as() const {
    Number value{};
    if (kind != Kind::Number) return std::nullopt;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }
};

class JsonReader {
 public:
  // Throws Reject "bad-config" with the offset where the text stops being JSON.
  static Json read(std::string_view text) {
    JsonReader reader(text);
    Json value = reader.value(0);
    reader.blanks();
    if (reader.at_ != text.size()) reader.fail();
    return value;
  }

 private:
  explicit JsonReader(std::string_view text) : text_(text) {}

  [[noreturn]] void fail() const {
    throw Reject("bad-config", "the configuration is no JSON at offset " + std::to_string(at_));
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void need(char c) {
    if (!take(c)) fail();
  }
  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }

  Json value(int depth) {
    blanks();
    if (depth > 32 || at_ >= text_.size()) fail();
    switch (text_[at_]) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      default:
        return literal();
    }
  }
  Json object(int depth) {
    Json out{.kind = Json::Kind::Object};
    need('{');
    if (take('}')) return out;
    do {
      blanks();
      out.names.push_back(string().text);
      need(':');
      out.items.push_back(value(depth + 1));
    } while (take(','));
    need('}');
    return out;
  }
  Json array(int depth) {
    Json out{.kind = Json::Kind::Array};
    need('[');
    if (take(']')) return out;
    do out.items.push_back(value(depth + 1));
    while (take(','));
    need(']');
    return out;
  }
  Json literal() {
    if (word("null")) return {};
    if (word("true")) return {.kind = Json::Kind::Boolean, .boolean = true};
    if (word("false")) return {.kind = Json::Kind::Boolean};
    std::size_t end = text_.find_first_not_of("+-.0123456789eE", at_);
    Json out{.kind = Json::Kind::Number, .text = std::string(text_.substr(at_, end - at_))};
    if (!out.as<double>()) fail();
    at_ += out.text.size();
    return out;
  }

  Json string() {
    if (at_ >= text_.size() || text_[at_] != '"') fail();
    ++at_;
    Json out{.kind = Json::Kind::String};
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        escape(out.text);
      } else {
        out.text += text_[at_++];
      }
    }
    if (at_ >= text_.size()) fail();
    ++at_;
    return out;
  }
  void escape(std::string& out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (++at_ >= text_.size()) fail();
    char letter = text_[at_++];
    if (letter == 'u') return append_utf8(out, code_point());
    std::size_t index = kLetters.find(letter);
    if (index == std::string_view::npos) fail();
    out += kMeanings[index];
  }
  std::uint32_t unit() {
    std::uint32_t value = 0;
    auto digits = text_.substr(at_, 4);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4) fail();
    at_ += 4;
    return value;
  }
  std::uint32_t code_point() {
    std::uint32_t high = unit();
    if (high < 0xD800 || high > 0xDBFF || !word("\\u")) return high;
    return 0x10000 + ((high - 0xD800) << 10) + (unit() - 0xDC00);
  }
  static void append_utf8(std::string& out, std::uint32_t c) {
    auto byte = [&](std::uint32_t b) { out += static_cast<char>(b); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
      byte(0xC0 | c >> 6);
    } else {
      if (c < 0x10000) {
        byte(0xE0 | c >> 12);
      } else {
        byte(0xF0 | (c >> 18 & 7));
        byte(0x80 | (c >> 12 & 0x3F));
      }
      byte(0x80 | (c >> 6 & 0x3F));
    }
    byte(0x80 | (c & 0x3F));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// A JSON string literal.
inline void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      ((out += "\\u00") += kHex[c >> 4]) += kHex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace aorta::detail
