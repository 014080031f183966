// What is said of a template object that breaks its schema (device-mapping spec 3.2).
#pragma once

#include <string>
#include <string_view>

#include "aorta/document.hpp"

namespace aorta::content {

inline std::string_view kind_text(std::int32_t kind) {
  switch (kind) {
    case AORTA_KIND_NULL:
      return "null";
    case AORTA_KIND_UNDEFINED:
      return "undefined";
    case AORTA_KIND_BOOLEAN:
      return "a boolean";
    case AORTA_KIND_INTEGER:
    case AORTA_KIND_BIG_INTEGER:
    case AORTA_KIND_FLOAT:
      return "a number";
    case AORTA_KIND_STRING:
      return "text";
    case AORTA_KIND_DATE:
      return "a date";
    case AORTA_KIND_ARRAY:
      return "an array";
    case AORTA_KIND_OBJECT:
      return "an object";
    default:
      return "no JSON value";
  }
}

inline std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace aorta::content
