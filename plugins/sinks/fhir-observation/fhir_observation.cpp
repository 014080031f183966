// Observations after a FHIR mapping (CollectionFhir), in the pipeline's store.
#include <aorta/plugin.hpp>
#include <fstream>
#include <iterator>

struct FhirObservation {
  static constexpr std::string_view id = "fhir-observation";
  static constexpr std::string_view summary =
      "FHIR Observations after a MedTech FHIR mapping, with their Devices and Patients";
  struct Config {
    std::filesystem::path mapping;
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("mapping", &Config::mapping, "FHIR mapping file, as the MedTech service has it").required()
  );

  FhirObservation(const Config& config, aorta::Host host)
      : observations_(host, config.mapping.native(), read(config.mapping)) {}

  void write(const aorta::Groups& groups, aorta::Results& results) { observations_.write(groups, results); }

 private:
  static std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in) throw aorta::Reject("cannot-open", path.string() + ": the FHIR mapping cannot be read");
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
  }

  aorta::Observations observations_;
};
AORTA_PLUGIN(FhirObservation)
