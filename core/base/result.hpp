// How functions of the host fail: Result<T> carries a value or an Error. Exceptions are for broken invariants only.
#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace aorta {

// Where in a text something is: 1-based, 0 = not known. The column counts UTF-16 units, as the reference does.
struct Position {
  int line = 0;
  int column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// A failure told once and well: `reason` is a kebab-case token that operators count and filter by, `message` one
// sentence that says what happened, where, and what to do. Cheap to copy: the text is shared and immutable.
class Error {
 public:
  Error() = default;
  Error(std::string reason, std::string message, bool retryable = false)
      : detail_(std::make_shared<Detail>(Detail{std::move(reason), std::move(message), {}, {}, retryable})) {}

  std::string_view reason() const { return detail_ ? std::string_view(detail_->reason) : "unknown"; }
  std::string_view message() const { return detail_ ? std::string_view(detail_->message) : "unknown error"; }
  std::string_view file() const { return detail_ ? std::string_view(detail_->file) : std::string_view(); }
  Position position() const { return detail_ ? detail_->position : Position{}; }
  bool retryable() const { return detail_ && detail_->retryable; }

  // The same failure, placed in a file. A place that is already known stays.
  Error at(std::string file, Position position) const {
    Detail d = detail_ ? *detail_ : Detail{};
    if (d.file.empty()) d.file = std::move(file);
    if (d.position.line == 0) d.position = position;
    return Error(std::make_shared<Detail>(std::move(d)));
  }
  // The same failure with "context: " before its message.
  Error in(std::string_view context) const {
    Detail d = detail_ ? *detail_ : Detail{};
    d.message = std::string(context) + ": " + d.message;
    return Error(std::make_shared<Detail>(std::move(d)));
  }
  // "file:line:column: message", leaving out what is not known.
  std::string text() const {
    std::string out(file());
    if (position().line > 0) {
      out += ":" + std::to_string(position().line);
      if (position().column > 0) out += ":" + std::to_string(position().column);
    }
    if (!out.empty()) out += ": ";
    return out += message();
  }

 private:
  struct Detail {
    std::string reason, message, file;
    Position position;
    bool retryable = false;
  };
  explicit Error(std::shared_ptr<Detail> detail) : detail_(std::move(detail)) {}
  std::shared_ptr<const Detail> detail_;
};

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace aorta

// AORTA_TRY(name, call): `name` is call's value; on failure the enclosing function returns its error.
#define AORTA_TRY_JOIN2(a, b) a##b
#define AORTA_TRY_JOIN(a, b) AORTA_TRY_JOIN2(a, b)
#define AORTA_TRY(name, ...) AORTA_TRY_IMPL(AORTA_TRY_JOIN(aorta_try_, __LINE__), name, __VA_ARGS__)
#define AORTA_TRY_IMPL(temp, name, ...)      \
  auto temp = (__VA_ARGS__);                 \
  if (temp.has_error()) return temp.error(); \
  auto name = std::move(*temp)
// AORTA_CHECK(call): for calls without a value.
#define AORTA_CHECK(...)                                                                          \
  do {                                                                                            \
    if (auto aorta_check_ = (__VA_ARGS__); aorta_check_.has_error()) return aorta_check_.error(); \
  } while (false)
