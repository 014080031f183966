// DiagnosticReports over the Observations that a fhir-observation sink writes.
#include <algorithm>
#include <aorta/occasions.hpp>
#include <aorta/plugin.hpp>
#include <fstream>
#include <iterator>

#include "conclusion.hpp"
#include "mapping.hpp"

namespace diagnostic_report {

using aorta::Gathered;
using aorta::Place;
using aorta::Resource;

constexpr std::string_view kNotMapped = "diagnostic-report/type-not-mapped";
constexpr std::string_view kNoOccasion = "diagnostic-report/no-session";
constexpr std::string_view kNoObservation = "diagnostic-report/observation-missing";
constexpr std::string_view kWithdrawn = "diagnostic-report/withdrawn";

bool among(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// A report of the mapping, with what is derived from it once.
struct Plan {
  Report report;
  std::vector<std::string> ranges;  // "typeName.valueName" of the values whose range it keeps

  bool in_calendar() const { return report.per == "hour" || report.per == "day"; }
  std::int64_t window() const { return report.per == "day" ? aorta::kTicksPerDay : aorta::kTicksPerDay / 24; }
  aorta::Identifier identifier(const std::string& patient, const std::string& key) const {
    return {std::string(aorta::kAortaSystem), patient + ".report." + report.name + "." + key};
  }
};

// What one write() adds to one report.
struct Addition {
  const Gathered* gathered = nullptr;
  Ranges ranges = {};
  bool ended = false;  // a measurement said so, or a later hour or day is there
};

class Composer {
 public:
  Composer(const Plan& plan, const Addition& addition) : plan_(plan), addition_(addition) {}

  // False: people have withdrawn it.
  bool write(aorta::ResourceWriter& out, const aorta::Stored& existing) const {
    const Report& report = plan_.report;
    const Gathered& gathered = *addition_.gathered;
    const Ranges before = stored_ranges(existing.root());
    Ranges ranges = before;
    for (const auto& [name, range] : addition_.ranges) ranges[name].take(range);
    aorta::Span seen = aorta::period_with(existing, "effectivePeriod", gathered.seen);
    std::size_t results = count_results(existing["result"], gathered.observations);
    std::string conclusion = filled_in(report.conclusion, {results, seen, &ranges});
    bool changed =
        results > existing["result"].size() || ranges != before || !aorta::is_period(existing, "effectivePeriod", seen);
    auto status = aorta::next_status(existing["status"].text(), is_complete(results, ranges), changed);
    if (!status) return false;
    out.profile(report.profile);
    out.identifier(plan_.identifier(gathered.patient, gathered.occasion.key));
    out.text("status", *status);
    out.codes("category", report.category);
    out.code("code", report.code);
    out.reference("subject", "Patient", gathered.patient);
    out.reference("encounter", "Encounter", gathered.encounter);
    aorta::write_period(out.element("effectivePeriod"), "effectivePeriod", seen.start, seen.end);
    aorta::write_observations(out, "result", existing["result"], gathered.observations);
    if (!conclusion.empty()) out.text("conclusion", conclusion);
    write_ranges(out, ranges);
    return true;
  }

 private:
  static std::size_t count_results(aorta::Node stored, const std::vector<std::string>& ids) {
    std::vector<std::string> known;
    for (aorta::NodeChild child : stored.children()) known.emplace_back(child.value["reference"].text());
    auto is_new = [&](const std::string& id) { return !among(known, "Observation/" + id); };
    return known.size() + static_cast<std::size_t>(std::count_if(ids.begin(), ids.end(), is_new));
  }

  bool is_complete(std::size_t results, const Ranges& ranges) const {
    const Final& rule = plan_.report.final_when;
    if (addition_.ended || rule.at_once) return true;
    if (rule.results && results >= static_cast<std::size_t>(*rule.results)) return true;
    auto has_range = [&](const std::string& name) {
      auto found = ranges.find(name);
      return found != ranges.end() && !found->second.low.empty();
    };
    return !rule.values.empty() && std::all_of(rule.values.begin(), rule.values.end(), has_range);
  }

  const Plan& plan_;
  const Addition& addition_;
};

// One report of the mapping in one write().
class ReportFlush {
 public:
  ReportFlush(const Plan& plan, const aorta::Groups& groups, aorta::Endings& endings)
      : plan_(plan), groups_(groups), endings_(endings), occasions_(plan.report.per) {}

  void take(std::uint64_t g, const aorta::Identity& who, const std::vector<std::string>& observations) {
    aorta::Group group = groups_[g];
    if (!among(plan_.report.type_names, group.type())) return;
    for (std::uint64_t m = 0; m < group.size(); ++m) {
      if (observations[m].empty()) {
        endings_.left_out({g, m}, kNoObservation);
      } else if (!occasions_.add(group, who, {g, m}, group[m].occurred, observations[m])) {
        endings_.left_out({g, m}, kNoOccasion);
      }
    }
  }

  // The resources to be written; those of earlier occasions that have ended come behind.
  void add_to(std::vector<Resource>& resources) {
    first_ = resources.size();
    for (auto& [key, gathered] : occasions_.all()) additions_.push_back(addition_of(gathered));
    for (const Addition& addition : additions_) {
      resources.push_back(
          {"DiagnosticReport",
           plan_.identifier(addition.gathered->patient, addition.gathered->occasion.key),
           {},
           [this, &addition](aorta::ResourceWriter& out, const aorta::Stored& existing) {
             return Composer(plan_, addition).write(out, existing);
           }}
      );
    }
    if (plan_.report.final_when.later && plan_.in_calendar()) add_ended(resources);
  }

  void tell(const std::vector<Resource>& resources) {
    for (std::size_t i = 0; i < additions_.size(); ++i) {
      for (const Place& place : additions_[i].gathered->places) {
        if (resources[first_ + i].saved.as == aorta::Saved::As::LeftOut) endings_.left_out(place, kWithdrawn);
        endings_.went_into(place, resources[first_ + i].saved);
      }
    }
  }

 private:
  Addition addition_of(const Gathered& gathered) {
    Addition out{&gathered};
    const Final& rule = plan_.report.final_when;
    for (const Place& place : gathered.places) {
      aorta::Group group = groups_[place.group];
      aorta::GroupMeasurement measurement = group[place.measurement];
      for (const aorta_pair& pair : measurement.values) {
        std::string name = std::string(group.type()) + "." + std::string(aorta::view(pair.name));
        if (among(plan_.ranges, name)) out.ranges[name].take(aorta::view(pair.value));
        if (rule.when && rule.when->value == name && among(rule.when->is, aorta::view(pair.value))) out.ended = true;
      }
    }
    if (rule.later && plan_.in_calendar() && !occasions_.is_last(gathered)) out.ended = true;
    return out;
  }

  // A patient's earlier reports end with what comes later.
  void add_ended(std::vector<Resource>& resources) const {
    for (const Addition& addition : additions_) {
      const Gathered& gathered = *addition.gathered;
      if (!occasions_.is_last(gathered)) continue;
      for (std::int64_t back = 1; back <= plan_.report.final_when.look_back; ++back) {
        std::int64_t start = gathered.occasion.window->start.ticks - back * plan_.window();
        if (start < 0) break;
        aorta::Occasion earlier = aorta::Occasion::in_calendar(plan_.report.per, {start, AORTA_TIME_UTC, 0});
        resources.push_back({"DiagnosticReport", plan_.identifier(gathered.patient, earlier.key), {}, &end});
      }
    }
  }
  static bool end(aorta::ResourceWriter& out, const aorta::Stored& existing) {
    if (existing["status"].text() != "preliminary") return false;
    out.text("status", "final");
    return true;
  }

  const Plan& plan_;
  const aorta::Groups& groups_;
  aorta::Endings& endings_;
  aorta::Occasions occasions_;
  std::vector<Addition> additions_;
  std::size_t first_ = 0;  // of its resources
};

struct Sink {
  static constexpr std::string_view id = "fhir-diagnostic-report";
  static constexpr std::string_view summary =
      "FHIR DiagnosticReports over the Observations of a session, an encounter, an hour or a day";
  struct Config {
    aorta::MappingFile<Mapping> mapping;
    std::filesystem::path observations;
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("mapping", &Config::mapping, "Mapping file: which reports there are, and what makes them final")
          .required(),
      aorta::field(
          "observations", &Config::observations,
          "FHIR mapping file of the fhir-observation sink whose Observations are reported"
      )
          .required()
          .reads_settings()
  );

  Sink(Config config, aorta::Host host)
      : fhir_(host), observations_(host, config.observations.native(), aorta::read_mapping(config.observations)) {
    for (Report& report : config.mapping.content.reports) add(std::move(report));
  }

  void write(const aorta::Groups& groups, aorta::Results& results) {
    std::vector<aorta::Identity> who = fhir_.identify(groups);
    std::vector<std::vector<std::string>> stored = observations_.stored(groups, who, fhir_);
    aorta::Endings endings(groups);
    std::vector<ReportFlush> flushes;
    for (const Plan& plan : plans_) flushes.emplace_back(plan, groups, endings);
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      endings.left_out(g, kNotMapped);
      if (who[g].failure) endings.failed(g, *who[g].failure);
      for (ReportFlush& flush : flushes) {
        if (!who[g].failure) flush.take(g, who[g], stored[g]);
      }
    }
    std::vector<Resource> resources;
    for (ReportFlush& flush : flushes) flush.add_to(resources);
    fhir_.update(resources);
    for (ReportFlush& flush : flushes) flush.tell(resources);
    endings.tell(results);
  }

 private:
  void add(Report report) {
    std::string path = "reports[" + std::to_string(plans_.size()) + "]";
    for (const Plan& other : plans_) {
      if (other.report.name == report.name)
        throw aorta::WrongMapping(path + ".name", "\"" + report.name + "\" is the name of another report");
    }
    if (report.code.empty()) throw aorta::WrongMapping(path + ".code", "needs a text or a code");
    if (report.type_names.empty()) throw aorta::WrongMapping(path + ".typeNames", "needs at least one type");
    Plan plan{std::move(report), {}};
    if (plan.report.final_when.later && !plan.in_calendar())
      throw aorta::WrongMapping(path + ".final.later", "is for reports per hour or day");
    plan.ranges = plan.report.final_when.values;
    for (const std::string& name : placeholders(plan.report.conclusion, path + ".conclusion")) {
      if (name.size() > 4 && name[3] == ' ') plan.ranges.push_back(name.substr(4));
    }
    plans_.push_back(std::move(plan));
  }

  aorta::Fhir fhir_;
  aorta::Observations observations_;
  std::vector<Plan> plans_;
};

}  // namespace diagnostic_report
AORTA_PLUGIN(diagnostic_report::Sink)
