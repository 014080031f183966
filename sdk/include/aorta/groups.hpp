// What a sink receives, and how it says what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "aorta/abi/sink.h"
#include "aorta/host.hpp"

namespace aorta {

// One measurement of a group.
struct GroupMeasurement {
  aorta_time occurred{};
  std::span<const aorta_pair> values;
};

// Measurements of one device, type, patient, encounter and correlation in one flush.
class Group {
 public:
  Group(const aorta_groups_api* api, const aorta_group* group) : api_(api), group_(group) {
    info_.size = sizeof info_;
    api_->info(group_, &info_);
  }
  std::string_view type() const { return view(info_.type); }
  std::string_view device() const { return view(info_.device); }
  std::string_view patient() const { return view(info_.patient); }
  std::string_view encounter() const { return view(info_.encounter); }
  std::string_view correlation() const { return view(info_.correlation); }
  std::uint64_t size() const { return info_.measurement_count; }
  GroupMeasurement operator[](std::uint64_t index) const {
    aorta_group_measurement raw{};
    raw.size = sizeof raw;
    if (!api_->measurement(group_, index, &raw)) return {};
    return {raw.occurred, {raw.values, static_cast<std::size_t>(raw.value_count)}};
  }

 private:
  const aorta_groups_api* api_;
  const aorta_group* group_;
  aorta_group_info info_{};
};

// The groups of one write().
class Groups {
 public:
  Groups(const aorta_groups_api* api, const aorta_group* const* groups, std::uint64_t count)
      : api_(api), groups_(groups), count_(count) {}
  std::uint64_t size() const { return count_; }
  Group operator[](std::uint64_t index) const { return {api_, groups_[index]}; }
  const aorta_group* const* raw() const { return groups_; }

 private:
  const aorta_groups_api* api_;
  const aorta_group* const* groups_;
  std::uint64_t count_;
};

// Every measurement of every group gets one word here.
class Results {
 public:
  Results(const aorta_results_api* api, aorta_results* results) : api_(api), results_(results) {}
  void written(std::uint64_t group, std::uint64_t measurement) { ended(group, measurement, AORTA_WRITTEN, {}); }
  void merged(std::uint64_t group, std::uint64_t measurement) { ended(group, measurement, AORTA_MERGED, {}); }
  // `rule`: the name of the rule that leaves it out.
  void filtered(std::uint64_t group, std::uint64_t measurement, std::string_view rule) {
    ended(group, measurement, AORTA_FILTERED, rule);
  }
  // It cannot be written: its record goes to the dead letters.
  void failed(std::uint64_t group, std::uint64_t measurement, std::string_view reason, std::string_view message) {
    api_->failed(results_, group, measurement, to_abi(reason), to_abi(message));
  }
  aorta_results* raw() const { return results_; }

 private:
  void ended(std::uint64_t group, std::uint64_t measurement, std::int32_t outcome, std::string_view reason) {
    api_->ended(results_, group, measurement, outcome, to_abi(reason));
  }
  const aorta_results_api* api_;
  aorta_results* results_;
};

}  // namespace aorta
