// Observations after a FHIR mapping (CollectionFhir), in the pipeline's store.
#include <aorta/plugin.hpp>

struct FhirObservation {
  static constexpr std::string_view id = "fhir-observation";
  static constexpr std::string_view summary =
      "FHIR Observations after a MedTech FHIR mapping, with their Devices and Patients";
  struct Config {
    std::filesystem::path mapping;
    std::string profile = "none";
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("mapping", &Config::mapping, "FHIR mapping file, as the MedTech service has it")
          .required()
          .reads_observations(),
      aorta::field("profile", &Config::profile, "What Observations conform to beside the mapping")
          .one_of("none", "vital-signs")
  );

  FhirObservation(const Config& config, aorta::Host host)
      : observations_(host, config.mapping.native(), aorta::read_mapping(config.mapping), config.profile) {}

  void write(const aorta::Groups& groups, aorta::Results& results) { observations_.write(groups, results); }

 private:
  aorta::Observations observations_;
};
AORTA_PLUGIN(FhirObservation)
