// What a template makes of a message, and what it says of a mapping that is wrong.
#pragma once

#include <span>
#include <string_view>

#include "aorta/abi/template.h"
#include "aorta/document.hpp"

namespace aorta {

// One normalized event. Texts need to live for the call only.
struct Measurement {
  std::string_view type;
  std::string_view device;
  aorta_time occurred{};
  std::span<const aorta_pair> values;  // in the mapping's order; names may repeat
  std::string_view patient = {};       // data() == nullptr: not given; "" is kept; likewise below
  std::string_view encounter = {};
  std::string_view correlation = {};
};

// What one apply() fills.
class Measurements {
 public:
  Measurements(const aorta_measurements_api* api, aorta_measurements* out) : api_(api), out_(out) {}
  void add(const Measurement& m) {
    aorta_measurement raw{sizeof(aorta_measurement),
                          0,
                          to_abi(m.type),
                          to_abi(m.device),
                          to_abi(m.patient),
                          to_abi(m.encounter),
                          to_abi(m.correlation),
                          m.occurred,
                          m.values.data(),
                          m.values.size()};
    api_->add(out_, &raw);
  }

 private:
  const aorta_measurements_api* api_;
  aorta_measurements* out_;
};

// What load() reports of a mapping entry. A template with problems is not used.
class Problems {
 public:
  enum class At : std::int32_t { Node = AORTA_AT_NODE, Name = AORTA_AT_NAME, Nowhere = AORTA_AT_NOWHERE };
  Problems(const aorta_problems_api* api, aorta_problems* problems) : api_(api), problems_(problems) {}
  // At: the value itself, its member's name, or no place at all.
  void add(Node node, At at, std::string_view message) {
    api_->add(problems_, node.raw(), static_cast<std::int32_t>(at), to_abi(message));
    ++count_;
  }
  std::size_t count() const { return count_; }

 private:
  const aorta_problems_api* api_;
  aorta_problems* problems_;
  std::size_t count_ = 0;
};

}  // namespace aorta
