#include "core/expr/json_path/positions.hpp"

#include <limits>
#include <optional>

#include "core/expr/numbers.hpp"

namespace aorta::expr::json_path {
namespace {

constexpr std::string_view kOpenBracket = "a bracket is not closed";
constexpr std::string_view kNoPosition = "a position is missing between the brackets";
constexpr std::string_view kBadPosition = "a position must be a whole number of 32 bits";
constexpr std::string_view kStray = "between brackets only 'names', positions, slices, * and ?(filters) are understood";

std::optional<std::int32_t> to_position(std::string_view text) {
  std::optional<std::int64_t> value = parse_integer_text(text);
  if (!value || *value < std::numeric_limits<std::int32_t>::min() || *value > std::numeric_limits<std::int32_t>::max())
    return {};
  return static_cast<std::int32_t>(*value);
}

// Follows the reference's loop: parts are digits and '-', separated by ',' or ':', and the last separator decides
// little: one ',' makes a list,
// '*' makes everything, whatever stood before.
class Reader {
 public:
  Reader(std::string_view text, std::size_t& at, char close, Step& step)
      : text_(text), at_(at), start_(at), close_(close), step_(step) {}

  std::string_view read() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == close_) return finish();
      if (c == '*') return read_star();
      if (c == ' ') {
        if (!end_) end_ = at_;
        skip_blanks();
      } else if (c == ',' || c == ':') {
        std::string_view cause = c == ',' ? take_list_part() : take_slice_part();
        if (!cause.empty()) return cause;
        next_part();
      } else {
        if (!(c >= '0' && c <= '9') && c != '-') return kStray;
        if (end_) return kStray;
        ++at_;
      }
    }
    return kOpenBracket;
  }

 private:
  std::string_view part() const { return text_.substr(start_, end_.value_or(at_) - start_); }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  void next_part() {
    ++at_;
    skip_blanks();
    start_ = at_;
    end_.reset();
  }

  std::string_view take_list_part() {
    if (part().empty()) return kNoPosition;
    std::optional<std::int32_t> position = to_position(part());
    if (!position) return kBadPosition;
    step_.positions.push_back(*position);
    return {};
  }

  std::string_view take_slice_part() {
    std::optional<std::int32_t>& place = colons_ == 0   ? step_.slice.start
                                         : colons_ == 1 ? step_.slice.end
                                                        : step_.slice.step;
    ++colons_;
    if (part().empty()) return {};
    place = to_position(part());
    return place ? std::string_view() : kBadPosition;
  }

  std::string_view finish() {
    if (step_.positions.empty() && colons_ > 0) {
      step_.kind = Step::Kind::Slice;
      return take_slice_part();
    }
    step_.kind = step_.positions.empty() ? Step::Kind::Element : Step::Kind::Elements;
    return take_list_part();
  }

  std::string_view read_star() {
    ++at_;
    skip_blanks();
    if (at_ >= text_.size()) return kOpenBracket;
    if (text_[at_] != close_) return kStray;
    step_.kind = Step::Kind::AnyElement;
    step_.positions.clear();
    return {};
  }

  std::string_view text_;
  std::size_t& at_;
  std::size_t start_;
  std::optional<std::size_t> end_;
  char close_;
  int colons_ = 0;
  Step& step_;
};

}  // namespace

std::string_view read_positions(std::string_view text, std::size_t& at, char close, Step& step) {
  return Reader(text, at, close, step).read();
}

}  // namespace aorta::expr::json_path
