// measurements/1, problems/1
#include <span>

#include "core/plugin/host_interfaces.hpp"

namespace aorta::plugin {
namespace {

void add_measurement(aorta_measurements* out, const aorta_measurement* m) {
  if (out->scratch.size() < m->value_count) out->scratch.resize(m->value_count);
  mapping::ValueView* value = out->scratch.data();
  for (const aorta_pair& given : std::span(m->values, m->value_count)) *value++ = {view(given.name), view(given.value)};
  mapping::MeasurementView measurement;
  measurement.type = view(m->type);
  measurement.occurred = {m->occurred.ticks, static_cast<DateTime::Zone>(m->occurred.zone)};
  measurement.device = view(m->device);
  measurement.patient = view(m->patient);
  measurement.encounter = view(m->encounter);
  measurement.correlation = view(m->correlation);
  measurement.values = {out->scratch.data(), value};
  out->sink.add(measurement);
}

void add_problem(aorta_problems* problems, const aorta_node* node, std::int32_t at, aorta_str message) {
  bool placed = node && (at == AORTA_AT_NODE || at == AORTA_AT_NAME);
  auto where = placed ? static_cast<document::Document::At>(at) : document::Document::At::Nowhere;
  Position position = placed ? problems->file.position(*from(node), where) : Position{};
  problems->problems.push_back({std::string(view(message)), position});
}

}  // namespace

const aorta_measurements_api kMeasurementsApi{sizeof(aorta_measurements_api), 0, &add_measurement};
const aorta_problems_api kProblemsApi{sizeof(aorta_problems_api), 0, &add_problem};

}  // namespace aorta::plugin
