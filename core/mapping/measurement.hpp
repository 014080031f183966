// The normalized event of the MedTech service: what templates make of messages and sinks make resources of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"

namespace aorta::mapping {

// As a template hands it over: texts live in the message's document. data() == nullptr means absent.
struct ValueView {
  std::string_view name;
  std::string_view text;
};
struct MeasurementView {
  std::string_view type;
  DateTime occurred;
  std::string_view device;
  std::string_view patient;
  std::string_view encounter;
  std::string_view correlation;
  std::span<const ValueView> values;
};

// As the grouper keeps it.
struct Value {
  std::string name;
  std::optional<std::string> text;  // absent only in measurements read from elsewhere
};
struct Measurement {
  std::string type;
  DateTime occurred;
  std::optional<DateTime> ingested;
  std::string device;
  std::optional<std::string> patient;
  std::optional<std::string> encounter;
  std::optional<std::string> correlation;
  std::vector<Value> values;
  std::uint64_t record = 0;  // the engine's number of the record it came from
};

// Faulty UTF-8 is replaced as in messages (device-mapping spec 2).
Measurement own(const MeasurementView& view);
// Section 9 of the device-mapping spec: one JSON object, members always present, nulls written.
void append_json(std::string& out, const MeasurementView& view, std::optional<DateTime> ingested);

}  // namespace aorta::mapping
