// A template object as the mapping file writes it, once read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aorta/content/object_reader.hpp"
#include "aorta/document.hpp"

namespace aorta::content {

struct ExpressionText {
  TextMember source;
  std::int64_t language = kDefaultLanguage;
  // Where problems of the text are reported; valid while the mapping is loaded.
  Node node;
  Problems::At at = Problems::At::Node;

  static constexpr std::int64_t kDefaultLanguage = -1;
  bool given() const { return source.state == TextMember::State::Given; }
};

struct ValueDefinition {
  TextMember name;
  ExpressionText expression;
  bool required = false;
};

struct Definition {
  TextMember type;
  ExpressionText match, device, time, patient, encounter, correlation;
  std::vector<ValueDefinition> values;
  std::int64_t default_language = 0;
};

}  // namespace aorta::content
