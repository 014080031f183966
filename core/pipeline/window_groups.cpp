#include "core/pipeline/window_groups.hpp"

#include <algorithm>
#include <array>

#include "core/group/open_groups.hpp"

namespace aorta::pipeline {
namespace {

using mapping::Measurement;
using Names = std::array<std::string_view, 5>;

// As group::names_of().
constexpr Names kNames{"device", "type", "patient", "encounter", "correlation"};

// Absent and empty are the same to a key.
Names names_of(const Measurement& m) {
  auto text = [](const std::optional<std::string>& one) { return one ? std::string_view(*one) : std::string_view(); };
  return {m.device, m.type, text(m.patient), text(m.encounter), text(m.correlation)};
}

std::vector<std::string_view> differences(const Measurement& a, const Measurement& b) {
  Names ours = names_of(a), theirs = names_of(b);
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (ours[i] != theirs[i]) out.push_back(kNames[i]);
  }
  return out;
}

class Telling {
 public:
  explicit Telling(const std::vector<Measurement>& all) : all_(all) {}

  WindowGroup tell(const group::Group& group, const std::vector<WindowGroup>& earlier) const {
    WindowGroup out;
    for (const group::Member& m : group.measurements) out.measurements.push_back(m.record);
    for (const group::Member& m : group.replaced) out.left_out.push_back({m.record, of_time(group, m.occurred)});
    const Measurement& first = all_[out.measurements.front()];
    for (std::size_t i : out.measurements) {
      if (!differences(first, all_[i]).empty()) out.joined_alike.push_back(i);
    }
    for (std::size_t i = 0; i < earlier.size(); ++i) {
      auto names = differences(first, all_[earlier[i].measurements.front()]);
      if (!out.apart || names.size() < out.apart->names.size()) out.apart = WindowGroup::Apart{i, std::move(names)};
    }
    return out;
  }

 private:
  static std::size_t of_time(const group::Group& group, DateTime time) {
    auto found = std::find_if(group.measurements.begin(), group.measurements.end(), [&](const group::Member& m) {
      return m.occurred.ticks == time.ticks;
    });
    return found->record;
  }

  const std::vector<Measurement>& all_;
};

}  // namespace

std::vector<WindowGroup> window_groups(const std::vector<Measurement>& measurements) {
  std::vector<Measurement> numbered = measurements;
  for (std::size_t i = 0; i < numbered.size(); ++i) numbered[i].record = i;
  Telling telling(numbered);
  std::vector<WindowGroup> out;
  for (const group::Group& group : group::make_groups(numbered)) out.push_back(telling.tell(group, out));
  return out;
}

}  // namespace aorta::pipeline
