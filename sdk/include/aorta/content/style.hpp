// How the template types that read message content differ from each other.
#pragma once

#include <array>
#include <string_view>

namespace aorta::content {

struct Style {
  std::string_view object_name;  // of the template object, in problems: "JsonPathContentTemplate"
  std::string_view value_name;   // of an item of "values"
  // What `$` is in every expression but the match: the matched token itself, or the whole message with the match as
  // "matchedToken".
  enum class Scope : unsigned char { Match, Message } scope = Scope::Match;
  // Expressions are JSONPath text checked per message, or text or {value, language} checked when the mapping is loaded.
  enum class Expressions : unsigned char { Text, AnyLanguage } expressions = Expressions::Text;
  // Where set, the device id and the time come from here, whatever the template object says; tried in order.
  std::string_view fixed_device = {};
  std::array<std::string_view, 2> fixed_times = {};
};

}  // namespace aorta::content
