#include <aorta/fhir.hpp>
#include <aorta/plugin.hpp>
#include <map>

// A DeviceUseStatement for each patient and device: from the first measurement to the last.
struct DeviceUse {
  static constexpr std::string_view id = "acme.device_use";
  struct Mapping {
    aorta::CodeableConcept reason;
    static constexpr auto schema =
        aorta::schema<Mapping>(aorta::field("reason", &Mapping::reason, "Why the device is worn").required());
  };
  struct Config {
    aorta::MappingFile<Mapping> mapping;
  };
  static constexpr auto schema =
      aorta::schema<Config>(aorta::field("mapping", &Config::mapping, "Mapping file").required());

  DeviceUse(Config config, aorta::Host host) : reason_(std::move(config.mapping.content.reason)), fhir_(host) {
    if (reason_.empty()) throw aorta::WrongMapping("reason", "needs a text or a code");
  }

  void write(const aorta::Groups& groups, aorta::Results& results) {
    std::vector<aorta::Identity> who = fhir_.identify(groups);
    aorta::Endings endings(groups);
    std::map<std::string, Use> uses;  // by device
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      if (who[g].failure) endings.failed(g, *who[g].failure);
      for (std::uint64_t m = 0; m < groups[g].size() && !who[g].failure; ++m)
        uses.try_emplace(who[g].device, Use{who[g]}).first->second.add({g, m}, groups[g][m].occurred);
    }
    std::vector<aorta::Resource> resources;
    for (const auto& [device, use] : uses) resources.push_back(resource(use));
    fhir_.update(resources);
    auto written = resources.begin();
    for (const auto& [device, use] : uses) endings.went_into(use.places, (written++)->saved);
    endings.tell(results);
  }

 private:
  struct Use {
    aorta::Identity who;
    aorta::Span span = {};
    std::vector<aorta::Place> places = {};

    void add(const aorta::Place& place, aorta_time at) {
      span = places.empty() ? aorta::Span{at, at} : aorta::joined(span, {at, at});
      places.push_back(place);
    }
  };

  aorta::Resource resource(const Use& use) const {
    aorta::Identifier identifier{"urn:acme:device-use", use.who.patient + "." + use.who.device};
    return {
        "DeviceUseStatement",
        identifier,
        {},
        [=, this, &use](aorta::ResourceWriter& out, const aorta::Stored& existing) {
          aorta::Span span = aorta::period_with(existing, "timingPeriod", use.span);
          out.identifier(identifier);
          out.text("status", "active");
          out.reference("subject", "Patient", use.who.patient);
          aorta::write_period(out.element("timingPeriod"), "timingPeriod", span.start, span.end);
          out.reference("device", "Device", use.who.device);
          out.codes("reasonCode", {reason_});
          return true;
        }};
  }

  aorta::CodeableConcept reason_;
  aorta::Fhir fhir_;
};
AORTA_PLUGIN(DeviceUse)
