// One JSON text in, its compact form out: how the tests of this room look at what was read.
#pragma once

#include <string>

#include "core/document/convert.hpp"
#include "core/document/document.hpp"

namespace aorta::document {

inline std::string json(const Node& node) {
  std::string out;
  append_json(out, node);
  return out;
}

// "!" and the reason where the text cannot be read.
inline std::string read(std::string_view text, Document::Options options = {}) {
  Document document;
  auto done = document.read_value(text, options);
  return done.has_error() ? "!" + std::string(done.error().reason()) : json(document.root());
}

inline Kind kind_of(std::string_view text) {
  Document document;
  return document.read_value(text).has_error() ? Kind::Property : document.root().kind;
}

}  // namespace aorta::document
