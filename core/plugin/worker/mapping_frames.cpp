#include "core/plugin/worker/mapping_frames.hpp"

#include <utility>

namespace aorta::plugin::worker {
namespace {

constexpr std::size_t kLeastText = sizeof(std::uint32_t);

void put_position(Writer& out, Position position) {
  out.put(position.line);
  out.put(position.column);
}

Position take_position(Reader& in) {
  int line = in.take<int>();
  return {line, in.take<int>()};
}

void put_entry(Writer& out, const mapping::DeviceMapping::Entry& entry) {
  out.text(entry.type);
  out.text(entry.name);
  out.put(static_cast<std::uint32_t>(entry.value_names.size()));
  for (const std::string& name : entry.value_names) out.text(name);
  put_position(out, entry.position);
}

mapping::DeviceMapping::Entry take_entry(Reader& in) {
  mapping::DeviceMapping::Entry entry;
  entry.type = in.text();
  entry.name = in.text();
  for (std::uint32_t left = in.count(kLeastText); left > 0; --left) entry.value_names.emplace_back(in.text());
  entry.position = take_position(in);
  return entry;
}

}  // namespace

void put_description(Writer& out, const mapping::DeviceMapping& mapping) {
  out.put(static_cast<std::uint8_t>(mapping.escaped));
  out.put(static_cast<std::uint32_t>(mapping.problems.size()));
  for (const mapping::Problem& problem : mapping.problems) {
    out.text(problem.message);
    put_position(out, problem.position);
  }
  out.put(static_cast<std::uint32_t>(mapping.templates.size()));
  for (const auto& entry : mapping.templates) put_entry(out, entry);
}

mapping::DeviceMapping take_description(Reader& in) {
  mapping::DeviceMapping out;
  out.escaped = in.take<std::uint8_t>() != 0;
  for (std::uint32_t left = in.count(kLeastText); left > 0; --left) {
    std::string message(in.text());
    out.problems.push_back({std::move(message), take_position(in)});
  }
  for (std::uint32_t left = in.count(kLeastText); left > 0; --left) out.templates.push_back(take_entry(in));
  return out;
}

mapping::MeasurementView take_measurement(Reader& in, std::vector<mapping::ValueView>& values) {
  mapping::MeasurementView out;
  auto texts = in.texts<5>();
  out.type = texts[0];
  out.device = texts[1];
  out.patient = texts[2];
  out.encounter = texts[3];
  out.correlation = texts[4];
  auto rest = in.take<MeasurementRest>();
  if (rest.zone > static_cast<std::uint32_t>(DateTime::Zone::Local)) in.spoil();
  out.occurred = {rest.ticks, static_cast<DateTime::Zone>(rest.zone)};
  std::size_t first = values.size();
  for (std::uint32_t left = rest.values; left > 0 && in.good(); --left) {
    auto value = in.texts<2>();
    if (in.good()) values.push_back({value[0], value[1]});
  }
  out.values = std::span(values).subspan(first);
  return out;
}

}  // namespace aorta::plugin::worker
