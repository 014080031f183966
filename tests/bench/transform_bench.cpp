// Bodies in, Observations as JSON text out, the engine's way: normalized, grouped per flush, transformed, with ids,
// identifier, subject and device; nothing is looked up or stored. Next to Boost.JSON's own DOM parse of the same
// bodies, in turns.
// transform_bench BODIES MAPPING FHIR_MAPPING PLUGINS [ROUNDS]  prints one JSON object.
#include <cstdio>
#include <cstdlib>

#include "core/document/document.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/group/group.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/plugin/templates.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace aorta;

constexpr std::size_t kFlush = 300;  // measurements, as a pipeline's default

[[noreturn]] void give_up(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

class Transformer : public mapping::MeasurementSink {
 public:
  explicit Transformer(const fhir::ObservationMapping& mapping) : mapping_(mapping) {}

  void add(const mapping::MeasurementView& measurement) override {
    waiting_.push_back(mapping::own(measurement));
    if (waiting_.size() == kFlush) flush();
  }
  void flush() {
    for (const group::Group& group : group::make_groups(std::move(waiting_))) transform(group);
    waiting_.clear();
  }
  std::uint64_t observations = 0;
  std::uint64_t bytes = 0;

 private:
  void transform(const group::Group& group) {
    const fhir::ObservationTemplate* made_by = mapping_.find(group.first().type);
    if (!made_by) give_up("a measurement has no FHIR template");
    auto parts = group::make_observation_groups(group, made_by->period_interval);
    if (parts.has_error()) give_up(parts.error().message());
    for (const group::ObservationGroup& part : *parts) {
      auto json = fhir::create_observation(*made_by, part, &links_);
      if (json.has_error()) give_up(json.error().message());
      bytes += json->size();
      ++observations;
    }
  }

  const fhir::ObservationMapping& mapping_;
  fhir::ObservationLinks links_{fhir::resource_id({"", "patient"}), fhir::resource_id({"", "device"}), {}};
  std::vector<mapping::Measurement> waiting_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  std::vector<std::string> bodies = bench::read_lines(argv[1]);
  plugin::Registry registry({argv[4]});
  plugin::PluginTemplateFactory factory(registry, {});
  mapping::DeviceMapping mapping = mapping::load_device_mapping(bench::read_file(argv[2]), factory);
  fhir::ObservationMapping fhir_mapping = fhir::ObservationMapping::load(bench::read_file(argv[3]));
  if (!mapping.problems.empty() || !fhir_mapping.problems().empty() || bodies.empty()) return 1;
  document::Document document;
  Transformer out(fhir_mapping);
  bench::Against found = bench::against_parse(bodies, argc > 5 ? std::atoi(argv[5]) : 5, [&] {
    out.observations = out.bytes = 0;
    for (const std::string& body : bodies) {
      bool read = !document.read_envelope({body, {}, {}}).has_error();
      if (!read || mapping.normalize(document, out).has_error()) give_up("a message failed");
    }
    out.flush();
  });
  auto count = static_cast<double>(bodies.size());
  std::printf(
      "{\"messages_per_s\": %.0f, \"dom_parse_per_s\": %.0f, \"ratio_to_dom\": %.3f, \"allocations_per_message\": "
      "%.3f, "
      "\"messages\": %zu, \"observations\": %llu, \"us_per_message\": %.3f, \"bytes_per_observation\": %.0f}\n",
      count / found.work, count / found.parse, found.ratio, found.allocations / count, bodies.size(),
      static_cast<unsigned long long>(out.observations), found.work / count * 1e6,
      static_cast<double>(out.bytes) / static_cast<double>(out.observations)
  );
  return 0;
}
