#include "core/plugin/worker/sink_frames.hpp"

#include "core/plugin/host_interfaces.hpp"

namespace aorta::plugin::worker {
namespace {

void put_measurement(Writer& out, const aorta_group_measurement& m) {
  put_time(out, m.occurred);
  out.put(static_cast<std::uint32_t>(m.value_count));
  for (std::uint64_t i = 0; i < m.value_count; ++i) {
    out.text(view(m.values[i].name));
    out.text(view(m.values[i].value));
  }
}

void take_measurement(Reader& in, WorkerGroup& into) {
  aorta_group_measurement m{};
  m.size = sizeof m;
  m.occurred = take_time(in);
  auto& pairs = into.values.emplace_back();
  for (std::uint32_t left = in.count(2 * sizeof(std::uint32_t)); left > 0; --left) {
    aorta_str name = to_abi(in.text());
    pairs.push_back({name, to_abi(in.text())});
  }
  m.values = pairs.data();
  m.value_count = pairs.size();
  into.measurements.push_back(m);
}

}  // namespace

void put_groups(Writer& out, const aorta_group* const* groups, std::size_t count) {
  out.put(static_cast<std::uint32_t>(count));
  for (std::size_t g = 0; g < count; ++g) {
    aorta_group_info info{};
    info.size = sizeof info;
    kGroupsApi.info(groups[g], &info);
    for (aorta_str text : {info.type, info.device, info.patient, info.encounter, info.correlation})
      out.text(view(text));
    out.put(static_cast<std::uint32_t>(info.measurement_count));
    aorta_group_measurement measurement{};
    measurement.size = sizeof measurement;
    for (std::uint64_t i = 0; kGroupsApi.measurement(groups[g], i, &measurement) != 0; ++i)
      put_measurement(out, measurement);
  }
}

std::vector<WorkerGroup> take_groups(Reader& in) {
  std::vector<WorkerGroup> out(in.count(6 * sizeof(std::uint32_t)));
  for (std::size_t g = 0; g < out.size(); ++g) {
    aorta_group_info& info = out[g].info;
    info.size = sizeof info;
    for (aorta_str* text : {&info.type, &info.device, &info.patient, &info.encounter, &info.correlation})
      *text = to_abi(in.text());
    out[g].index = g;
    info.measurement_count = in.count(sizeof(std::int64_t));
    for (std::uint64_t i = 0; i < info.measurement_count; ++i) take_measurement(in, out[g]);
  }
  return out;
}

void put_endings(Writer& out, const Sink::Endings& endings) {
  out.put(static_cast<std::uint32_t>(endings.size()));
  for (const fhir::Ending& ending : endings) {
    out.put(static_cast<std::uint8_t>(ending.kind));
    out.text(ending.reason);
    if (ending.kind == fhir::Ending::Kind::Failed) put_error(out, ending.error);
  }
}

Sink::Endings take_endings(Reader& in, std::size_t measurements) {
  Sink::Endings out;
  for (std::uint32_t left = in.count(1 + sizeof(std::uint32_t)); left > 0; --left) {
    auto kind = in.take<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(fhir::Ending::Kind::Failed)) in.spoil();
    fhir::Ending& ending = out.emplace_back();
    ending.kind = static_cast<fhir::Ending::Kind>(kind);
    ending.reason = in.text();
    if (ending.kind == fhir::Ending::Kind::Failed) ending.error = take_error(in);
  }
  if (out.size() != measurements) in.spoil();
  return out;
}

}  // namespace aorta::plugin::worker
