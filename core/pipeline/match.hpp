// Does a result hold what a test expects of it? Maps: every key that is named. Lists: every item that is named, in
// order, others may stand between. Numbers by value, texts exactly.
#pragma once

#include <optional>
#include <string>

#include "core/config/value.hpp"
#include "core/document/node.hpp"

namespace aorta::pipeline {

struct Mismatch {
  std::string path;      // "valueQuantity.value"
  std::string expected;  // JSON
  std::string actual;    // JSON, shortened; "nothing"
  int agreed = 0;        // how many scalars had matched before
};

// Nothing: it matches.
std::optional<Mismatch> find_mismatch(const config::Value& expected, const document::Node& actual);

}  // namespace aorta::pipeline
