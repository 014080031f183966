#include <boost/json.hpp>

#include "core/cli/explain_json.hpp"
#include "core/cli/explain_view.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using pipeline::ObservationPreview;
using pipeline::PreviewedElement;
using pipeline::PreviewedSample;
using pipeline::PreviewedSamples;
using pipeline::SinkPreview;
using pipeline::StoreDecision;
using pipeline::StoredObservation;

json::object json_of(const group::Boundary& period) {
  return {{"start", round_trip_text(period.start)}, {"end", round_trip_text(period.end)}};
}

json::object json_of(const StoredObservation& one) {
  return {
      {"id", one.id},
      {"version", one.version},
      {"type", one.type},
      {"patient", one.patient},
      {"period", json_of(one.period)}};
}

json::object json_of(const StoreDecision& decision, const ObservationPreview& of) {
  json::object out{
      {"decision", decision_name(decision.kind)},
      {"id", decision.id},
      {"identifier", decision.identifier},
      {"period", json_of(decision.period)},
      {"text", decision_text(decision, of)}};
  if (decision.met) out["met"] = json_of(*decision.met);
  if (decision.kind != StoreDecision::Kind::Created) return out;
  out["made"] = array_of(decision.made);
  out["apart"] = apart_name(decision.apart);
  if (decision.nearest) out["nearest"] = json_of(*decision.nearest);
  return out;
}

json::object json_of(const PreviewedSamples& samples) {
  json::array used;
  for (const PreviewedSample& one : samples.used) {
    json::object sample{
        {"slot", one.slot}, {"time", round_trip_text(one.time)}, {"text", one.text}, {"measurement", one.measurement}};
    if (one.over) sample["overwritten_by"] = *one.over;
    used.push_back(std::move(sample));
  }
  return {
      {"start", round_trip_text(samples.start)},
      {"step_ticks", samples.step},
      {"slots", samples.slots},
      {"used", std::move(used)}};
}

json::object json_of(const PreviewedElement& element) {
  json::object out{{"element", element.element}, {"made_of", element.made_of}, {"present", element.present}};
  set_place(out, element.position);
  out["texts"] = array_of(element.texts);
  if (element.value.empty()) return out;
  out["value"] = element.value;
  out["measurements"] = json::value_from(element.measurements);
  if (element.samples) out["samples"] = json_of(*element.samples);
  return out;
}

json::object json_of(const ObservationPreview& one, bool looked_into) {
  json::object out{{"group", one.group}, {"type", one.type}, {"status", one.refused ? "refused" : "made"}};
  set_place(out, one.position);
  out["measurements"] = json::value_from(one.measurements);
  if (one.start) out["start"] = round_trip_text(*one.start);
  if (one.end) out["end"] = round_trip_text(*one.end);
  json::array elements;
  for (const PreviewedElement& element : one.elements) elements.push_back(json_of(element));
  out["elements"] = std::move(elements);
  if (one.refused) out["error"] = {{"reason", one.refused->reason}, {"message", one.refused->message}};
  if (one.stored && looked_into) out["stored"] = json_of(*one.stored, one);
  if (one.stored) out["id"] = one.stored->id;
  if (one.stored) out["identifier"] = one.stored->identifier;
  if (one.joins) out["joins"] = *one.joins;
  if (!one.json.empty()) out["resource"] = one.stored ? one.stored->json : one.json;
  return out;
}

}  // namespace

json::array array_of(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

void set_place(json::object& out, Position at) {
  if (at.line == 0) return;
  out["line"] = at.line;
  out["column"] = at.column;
}

json::object json_of(const SinkPreview& sink) {
  json::array observations;
  for (const ObservationPreview& one : sink.observations) observations.push_back(json_of(one, !sink.store.empty()));
  json::object out{{"sink", sink.sink}, {"file", sink.file}, {"observations", std::move(observations)}};
  if (!sink.store.empty()) out["store"] = sink.store;
  return out;
}

}  // namespace aorta::cli
