// What is the same in all Observations of a template, written as JSON text once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/fhir/observation_mapping.hpp"

namespace aorta::fhir {

// Immutable. What cannot be written beforehand is empty: then the template's parts are written one by one, and say what
// is wrong with them.
class ObservationForm {
 public:
  // An element around the number of a Quantity.
  struct Frame {
    std::string before, behind;
    bool empty() const { return before.empty(); }
  };

  explicit ObservationForm(const ObservationTemplate& of);

  // The members status, category and code, of measurements that spell the type as the template does.
  std::string_view head() const { return head_; }
  // The member "valueQuantity".
  const Frame& value() const { return value_; }
  // The whole object of the i-th component, whose value is a Quantity.
  const Frame& component(std::size_t i) const { return components_[i]; }

 private:
  std::string head_;
  Frame value_;
  std::vector<Frame> components_;
};

}  // namespace aorta::fhir
