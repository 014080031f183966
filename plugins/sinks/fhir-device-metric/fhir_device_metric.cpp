// Device and DeviceMetric from what measurements say of the devices that took them.
#include <aorta/plugin.hpp>
#include <map>

#include "device_writer.hpp"
#include "metric_writer.hpp"

namespace device_metric {

using aorta::Place;
using aorta::Resource;

constexpr std::string_view kNotMapped = "device-metric/type-not-mapped";

// The resources of one write(), and which measurements go into which.
class Flush {
 public:
  Flush(const Mapping& mapping, const aorta::Groups& groups, aorta::Fhir& fhir)
      : mapping_(mapping), groups_(groups), fhir_(fhir), who_(fhir.identify(groups)), endings_(groups) {}

  void write(aorta::Results& results) {
    for (std::uint64_t g = 0; g < groups_.size(); ++g) {
      who_[g].failure ? endings_.failed(g, *who_[g].failure) : take(g);
    }
    save();
    endings_.tell(results);
  }

 private:
  struct DeviceWork {
    DeviceFacts facts;
    std::vector<Place> places = {};
  };
  struct MetricWork {
    const Metric* metric;
    std::string device;
    MetricFacts facts = {};
    std::vector<Place> places = {};
  };

  void take(std::uint64_t g) {
    aorta::Group group = groups_[g];
    for (std::uint64_t m = 0; m < group.size(); ++m) {
      endings_.left_out({g, m}, kNotMapped);
      if (mapping_.device) take_device(group[m], {g, m});
      for (const Metric& metric : mapping_.metrics) {
        if (metric.type_name == group.type()) take_metric(metric, group[m], {g, m});
      }
    }
  }
  void take_device(const aorta::GroupMeasurement& measurement, const Place& place) {
    auto [at, first] = devices_.try_emplace(who_[place.group].device, DeviceWork{DeviceFacts(*mapping_.device)});
    at->second.facts.take(*mapping_.device, measurement);
    at->second.places.push_back(place);
  }
  void take_metric(const Metric& metric, const aorta::GroupMeasurement& measurement, const Place& place) {
    MetricFacts facts;
    facts.take(metric, measurement);
    if (std::string wrong = translate(metric, facts); !wrong.empty())
      return endings_.failed(place, "device-metric/" + wrong, "metric \"" + metric.name + "\": " + kWrong.at(wrong));
    const std::string& device = who_[place.group].device;
    auto [at, first] = metrics_.try_emplace({device, metric.name}, MetricWork{&metric, device});
    MetricWork& work = at->second;
    if (facts.status) keep_newer(work.facts.status, facts.status->text, facts.status->at);
    if (facts.calibrated) keep_newer(work.facts.calibrated, facts.calibrated->text, facts.calibrated->at);
    work.places.push_back(place);
  }

  // The device's words into FHIR's. What is wrong, or "".
  static std::string translate(const Metric& metric, MetricFacts& facts) {
    if (facts.status) {
      std::string_view code = status_of(metric.status, facts.status->text);
      if (code.empty()) return "unknown-status";
      facts.status->text = code;
    }
    if (facts.calibrated) {
      std::optional<std::string> time = aorta::instant(facts.calibrated->text);
      if (!time) return "bad-calibration-time";
      facts.calibrated->text = *time;
    }
    return {};
  }
  static std::string_view status_of(const Status& status, std::string_view word) {
    for (const Word& one : status.words) {
      if (one.word == word) return one.is;
    }
    for (std::string_view code : {"on", "off", "standby", "entered-in-error"}) {
      if (code == word) return code;
    }
    return {};
  }

  void save() {
    std::vector<Resource> resources;
    std::vector<const std::vector<Place>*> places;
    for (const auto& [id, work] : devices_) {
      resources.push_back(
          {"Device",
           {},
           id,
           [&, facts = &work.facts](aorta::ResourceWriter& out, const aorta::Stored& existing) {
             DeviceWriter(*mapping_.device, *facts, out, existing).write();
             return true;
           }}
      );
      places.push_back(&work.places);
    }
    for (const auto& [name, work] : metrics_) {
      aorta::Identifier identifier = identifier_of(work);
      resources.push_back(
          {"DeviceMetric",
           identifier,
           {},
           [&work = work, identifier](aorta::ResourceWriter& out, const aorta::Stored& existing) {
             MetricWriter(*work.metric, work.facts, work.device, out, existing).write(identifier);
             return true;
           }}
      );
      places.push_back(&work.places);
    }
    fhir_.update(resources);
    for (std::size_t i = 0; i < resources.size(); ++i) endings_.went_into(*places[i], resources[i].saved);
  }
  static aorta::Identifier identifier_of(const MetricWork& work) {
    return {std::string(aorta::kAortaSystem), work.device + ".metric." + work.metric->name};
  }

  static inline const std::map<std::string, std::string> kWrong{
      {"unknown-status",
       "its operationalStatus is none of FHIR's words, and operationalStatus.words does not translate it"},
      {"bad-calibration-time", "the time of its calibration is no date-time with a zone"}};

  const Mapping& mapping_;
  const aorta::Groups& groups_;
  aorta::Fhir& fhir_;
  std::vector<aorta::Identity> who_;
  aorta::Endings endings_;
  std::map<std::string, DeviceWork> devices_;                          // by FHIR id
  std::map<std::pair<std::string, std::string>, MetricWork> metrics_;  // by FHIR id of the device, and name
};

struct Sink {
  static constexpr std::string_view id = "fhir-device-metric";
  static constexpr std::string_view summary =
      "FHIR Devices completed, and DeviceMetrics, from what measurements say of their devices";
  struct Config {
    aorta::MappingFile<Mapping> mapping;
  };
  static constexpr auto schema =
      aorta::schema<Config>(aorta::field(
                                "mapping", &Config::mapping,
                                "Mapping file: which values are the device's manufacturer, serial number, status"
      )
                                .required());

  Sink(Config config, aorta::Host host) : mapping_(std::move(config.mapping.content)), fhir_(host) { check(); }

  void write(const aorta::Groups& groups, aorta::Results& results) { Flush(mapping_, groups, fhir_).write(results); }

 private:
  void check() const {
    if (!mapping_.device && mapping_.metrics.empty())
      throw aorta::WrongMapping("device", "neither device nor metrics are there; nothing would be written");
    for (std::size_t i = 0; i < mapping_.metrics.size(); ++i) {
      const Metric& metric = mapping_.metrics[i];
      std::string path = "metrics[" + std::to_string(i) + "]";
      if (metric.type.empty()) throw aorta::WrongMapping(path + ".type", "needs a text or a code");
      for (std::size_t k = 0; k < i; ++k) {
        if (mapping_.metrics[k].name == metric.name)
          throw aorta::WrongMapping(path + ".name", "\"" + metric.name + "\" is the name of another metric");
      }
    }
  }

  Mapping mapping_;
  aorta::Fhir fhir_;
};

}  // namespace device_metric
AORTA_PLUGIN(device_metric::Sink)
