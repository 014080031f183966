#include "core/config/scalar.hpp"

#include <algorithm>

namespace aorta::config {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, std::string_view any) {
  if (text.empty() || any.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

struct Number {
  bool negative = false;
  std::string_view whole, fraction, exponent;  // exponent with its sign
};

bool split_exponent(std::string_view text, Number& number) {
  if (text.empty()) return true;
  if (!take(text, "eE")) return false;
  number.exponent = text;
  take(text, "+-");
  return !take_digits(text).empty() && text.empty();
}

bool split_number(std::string_view text, Number& number) {
  number.negative = text.starts_with('-');
  take(text, "+-");
  number.whole = take_digits(text);
  if (take(text, ".")) number.fraction = take_digits(text);
  if (number.whole.empty() && number.fraction.empty()) return false;
  return split_exponent(text, number);
}

bool is_based(std::string_view text) {
  take(text, "+-");
  if (text.size() < 3 || text[0] != '0' || !one_of(text.substr(1, 1), {"x", "o", "b"})) return false;
  return std::all_of(text.begin() + 2, text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

std::string spelled(const Number& number) {
  std::string out = number.negative ? "-" : "";
  out += number.whole.empty() ? "0" : number.whole;
  if (!number.fraction.empty()) out.append(".").append(number.fraction);
  if (!number.exponent.empty()) out.append("e").append(number.exponent);
  return out;
}

std::string without_leading_zeros(Number number) {
  while (number.whole.size() > 1 && number.whole.front() == '0') number.whole.remove_prefix(1);
  return spelled(number);
}

}  // namespace

Scalar read_plain(std::string_view text) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return {Value::Kind::Null, {}, {}};
  if (one_of(text, {"true", "True", "TRUE"})) return {Value::Kind::Bool, "true", {}};
  if (one_of(text, {"false", "False", "FALSE"})) return {Value::Kind::Bool, "false", {}};
  std::string raw(text);
  if (is_based(text))
    return {Value::Kind::String, raw, "readers disagree about " + raw + "; write a decimal number, or \"" + raw + "\""};
  Number number;
  if (!split_number(text, number)) return {Value::Kind::String, raw, {}};
  if (number.whole.size() > 1 && number.whole.front() == '0') {
    return {
        Value::Kind::String, raw,
        "readers disagree about " + raw + "; write " + without_leading_zeros(number) + " or \"" + raw + "\""};
  }
  return {Value::Kind::Number, spelled(number), {}};
}

}  // namespace aorta::config
