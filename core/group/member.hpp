// Measurements on their way from templates to groups.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/base/time.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::group {

// A measurement, when its message was taken in, and the engine's number of that message. Who holds it says how long its
// texts live.
struct Member : mapping::MeasurementView {
  std::optional<DateTime> ingested = std::nullopt;
  std::uint64_t record = 0;
  // Its names joined by "-": what decides which group it belongs to.
  std::string_view key = {};
  // The names and texts of its values, where they lie in one piece; else absent.
  std::string_view texts = {};
};

// The texts that a key joins, in its order.
inline std::array<std::string_view*, 5> names_of(mapping::MeasurementView& m) {
  return {&m.device, &m.type, &m.patient, &m.encounter, &m.correlation};
}
inline std::array<std::string_view, 5> names_of(const mapping::MeasurementView& m) {
  return {m.device, m.type, m.patient, m.encounter, m.correlation};
}

// Owns what it holds, texts and all. No memory is asked for once it has been as full before. Not thread-safe.
class MemberBuffer {
 public:
  // Copies. Faulty UTF-8 is replaced as in messages (device-mapping spec 2); an absent type, device or name of a value
  // becomes an empty one.
  void add(const mapping::MeasurementView& measurement, std::optional<DateTime> ingested, std::uint64_t record);
  void add(const mapping::Measurement& measurement);
  // Valid until the next add() or clear(); the texts until clear().
  std::span<const Member> members() const { return members_; }
  void clear();

 private:
  std::vector<Member> members_;
  Arena texts_;
  std::vector<mapping::ValueView> values_;  // of one that is being added
};

}  // namespace aorta::group
