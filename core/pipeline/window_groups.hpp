// The measurement groups of a flush window, and why each measurement is in its group (FHIR-mapping spec 3).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/mapping/measurement.hpp"

namespace aorta::pipeline {

// Measurements are counted from 0 in the window, groups in the order of first appearance.
struct WindowGroup {
  // Another one of the same time counts in its place: its values are lost.
  struct LeftOut {
    std::size_t measurement = 0;
    std::size_t by = 0;
  };
  // What keeps it from an earlier group: the one with the fewest differences, the first of those.
  struct Apart {
    std::size_t group = 0;
    std::vector<std::string_view> names;  // that differ: "device", "type", "patient", "encounter", "correlation"
  };
  std::vector<std::size_t> measurements;  // those that count, never empty; the group's names are the first one's
  std::vector<LeftOut> left_out;
  // Those with other names than the first one, which give the same when they are joined by "-".
  std::vector<std::size_t> joined_alike;
  std::optional<Apart> apart;  // of the first group: nothing
};

std::vector<WindowGroup> window_groups(const std::vector<mapping::Measurement>& measurements);

}  // namespace aorta::pipeline
