// The messages in the body of one request.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace http_source {

enum class Shape { Value, Lines };  // one JSON value, which may be an array of messages; or one message per line

// Views into the body, or why there are none: one sentence without a word of the body.
struct Messages {
  std::vector<std::string_view> bodies;
  std::string problem;
};

// A value that is no array is one message, whatever it is: that is for the mapping to judge, and for the dead letters.
// Of an array only the brackets, strings and commas between its elements are looked at; blank lines are no messages.
Messages split(std::string_view body, Shape shape);

}  // namespace http_source
