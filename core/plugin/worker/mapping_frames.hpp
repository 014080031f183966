// The payloads of Type::Normalize and of its answer, and the greeting of a worker that has a mapping.
//
//   records:       count, then each: body, properties, system properties (Filler::texts)
//   answer:        per record: an OutcomeHead, its measurements, the error if it failed
//   measurement:   type, device, patient, encounter, correlation, a MeasurementRest, values: name, text
//   greeting:      escaped, problems (message, line, column), templates (type, name, values, line, column)
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/mapping/device_mapping.hpp"
#include "core/plugin/worker/page.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

void put_description(Writer& out, const mapping::DeviceMapping& mapping);
mapping::DeviceMapping take_description(Reader& in);

// What an answer has of a record before its measurements.
struct OutcomeHead {
  std::uint32_t measurements = 0;   // how many
  std::uint16_t trailing_text = 0;  // 0, 1, as the next
  std::uint16_t failed = 0;
};

// What has a fixed size in a measurement, behind its texts.
struct MeasurementRest {
  std::int64_t ticks = 0;
  std::uint32_t zone = 0;
  std::uint32_t values = 0;
};

inline void put_measurement(Page& out, const mapping::MeasurementView& m) {
  std::array<std::string_view, 5> texts{m.type, m.device, m.patient, m.encounter, m.correlation};
  std::size_t size = Filler::size_of(texts) + sizeof(MeasurementRest);
  for (const mapping::ValueView& value : m.values) size += Filler::size_of<2>({value.name, value.text});
  Filler filler = out.room(size);
  filler.texts(texts);
  filler.put(MeasurementRest{
      m.occurred.ticks, static_cast<std::uint32_t>(m.occurred.zone), static_cast<std::uint32_t>(m.values.size())});
  for (const mapping::ValueView& value : m.values) filler.texts<2>({value.name, value.text});
}

// Texts point into the payload; values are added to `values`, which has room for them.
mapping::MeasurementView take_measurement(Reader& in, std::vector<mapping::ValueView>& values);

}  // namespace aorta::plugin::worker
