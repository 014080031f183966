// What a store that was looked into would make of Observations, in words.
#include "core/cli/explain_layout.hpp"
#include "core/cli/explain_view.hpp"

namespace aorta::cli {
namespace {

using pipeline::ObservationPreview;
using pipeline::StoreDecision;
using pipeline::StoredObservation;
using Apart = StoreDecision::Apart;

std::string text_of(const group::Boundary& period) {
  std::string start = iso_text(period.start);
  return period.start.ticks == period.end.ticks ? start : start + " – " + iso_text(period.end);
}

bool is_same(const group::Boundary& a, const group::Boundary& b) {
  return a.start.ticks == b.start.ticks && a.end.ticks == b.end.ticks;
}

std::string version_of(const StoredObservation& met) { return "version " + met.version + " of Observation " + met.id; }

// Why none of those that are stored is it.
std::string apart_text(const StoreDecision& decision, const ObservationPreview& of) {
  std::string nearest = decision.nearest ? decision.nearest->id : "";
  switch (decision.apart) {
    case Apart::NewDevice:
      return "; its Device is new there";
    case Apart::NothingOfDevice:
      return "; nothing of its Device is stored";
    case Apart::OtherType:
      return "; of its Device only other types are stored, last " + nearest + " of type \"" + decision.nearest->type +
             "\"";
    case Apart::OtherPatient:
      return "; the nearest of its Device and type, " + nearest + ", is of another Patient (" +
             decision.nearest->patient + ")";
    case Apart::OtherPeriod:
      return "; the nearest of its Device and type, " + nearest + ", is of another period, " +
             text_of(decision.nearest->period) + " (periodInterval: " + period_name(of.period_interval) + ")";
    case Apart::Unknown:
      break;
  }
  return "";
}

std::string created_text(const StoreDecision& decision, const ObservationPreview& of) {
  std::string out = "created as " + decision.id;
  if (!decision.made.empty()) out += ", with " + joined(decision.made);
  return out + ": nothing stored has the identifier " + decision.identifier + apart_text(decision, of);
}

std::string merged_text(const StoreDecision& decision) {
  const StoredObservation& met = *decision.met;
  std::string period = is_same(met.period, decision.period)
                           ? "stays " + text_of(met.period)
                           : "grows from " + text_of(met.period) + " to " + text_of(decision.period);
  return "merged into " + version_of(met) + ": it has the identifier " + decision.identifier + "; its period " + period;
}

}  // namespace

std::string_view decision_name(StoreDecision::Kind kind) {
  switch (kind) {
    case StoreDecision::Kind::Created:
      return "created";
    case StoreDecision::Kind::Merged:
      return "merged";
    case StoreDecision::Kind::Unchanged:
      return "unchanged";
  }
  return "";
}

std::string_view apart_name(Apart apart) {
  switch (apart) {
    case Apart::NewDevice:
      return "new-device";
    case Apart::NothingOfDevice:
      return "nothing-of-device";
    case Apart::OtherType:
      return "other-type";
    case Apart::OtherPatient:
      return "other-patient";
    case Apart::OtherPeriod:
      return "other-period";
    case Apart::Unknown:
      break;
  }
  return "unknown";
}

std::string decision_text(const StoreDecision& decision, const ObservationPreview& of) {
  if (decision.kind == StoreDecision::Kind::Created || !decision.met) return created_text(decision, of);
  if (decision.kind == StoreDecision::Kind::Merged) return merged_text(decision);
  return "left as it is: " + version_of(*decision.met) + ", found by the identifier " + decision.identifier +
         ", says the same already";
}

}  // namespace aorta::cli
