// Lists of value names, each kept once: the measurements of a type mostly have the same ones.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/mapping/measurement.hpp"

namespace aorta::group {

class ValueNames {
 public:
  // The number of the values' list of names. Fastest where it is that of the call before.
  std::uint32_t number_of(std::span<const mapping::ValueView> values);
  bool is(std::uint32_t number, std::span<const mapping::ValueView> values) const;
  std::span<const std::string> names(std::uint32_t number) const { return lists_[number]; }
  // Numbers are void where there were more lists than mappings have: names that messages bring along would pile up.
  void forget_many();

 private:
  std::vector<std::vector<std::string>> lists_;
  std::unordered_map<std::string, std::uint32_t> by_text_;  // length-prefixed, so that no two lists share one
  std::uint32_t last_ = 0;
  std::string text_;
};

}  // namespace aorta::group
