// Bodies in, Observations as JSON text out, the engine's way on one thread: normalized, collected per batch, grouped
// per window, transformed, with ids, identifier, subject and device of each device's own; nothing is stored. Next to
// Boost.JSON's own DOM parse of the same bodies, in turns. transform_bench BODIES MAPPING FHIR_MAPPING PLUGINS [ROUNDS]
// prints one JSON object.
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <unordered_map>

#include "core/document/document.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_printer.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/group/open_groups.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/plugin/templates.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace aorta;

constexpr std::size_t kFlush = 300;    // measurements, as a pipeline's default
constexpr std::uint64_t kBatch = 128;  // messages that a normalizer has at once

[[noreturn]] void give_up(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

// Device to what names its Observations, as the identity cache has it once a device is known.
class Known {
 public:
  const fhir::ObservationNamer& find(std::string_view device) {
    auto found = by_name_.find(device);
    if (found != by_name_.end()) return *found->second;
    std::string& name = names_.emplace_back(device);
    namers_.emplace_back(fhir::resource_id("", "p" + name), fhir::resource_id("", "d" + name));
    return *by_name_.emplace(name, &namers_.back()).first->second;
  }

 private:
  std::deque<std::string> names_;
  std::deque<fhir::ObservationNamer> namers_;
  std::unordered_map<std::string_view, const fhir::ObservationNamer*> by_name_;
};

// The engine's window and what stands behind it, without a store.
class Transformer {
 public:
  explicit Transformer(const fhir::ObservationMapping& mapping) : mapping_(mapping) {}

  void add(std::span<const group::Member> measurements) {
    for (const group::Member& measurement : measurements) {
      window_.add(measurement);
      if (window_.size() == kFlush) flush();
    }
  }
  void flush() {
    issued_ = round_trip_text(utc_now());
    printer_.begin();
    names_ = {};
    for (const group::Group& group : window_.take(kFlush)) transform(group);
    window_.clear();
  }
  std::uint64_t observations = 0;
  std::uint64_t bytes = 0;

 private:
  void transform(const group::Group& group) {
    const fhir::ObservationTemplate* made_by = mapping_.find(group.first().type);
    if (!made_by) give_up("a measurement has no FHIR template");
    parts_.clear();
    auto divided = parts_.add(group, made_by->period_interval);
    if (divided.has_error()) give_up(divided.error().message());
    const fhir::ObservationNamer& namer = known_.find(group.first().device);
    for (const group::ObservationGroup& part : parts_) {
      Sha256::Hex id = names_.name(namer, part.name, part.id_segment, identifier_);
      fhir::NewObservation as{namer.patient(), namer.device(), {}, {id.data(), id.size()}, identifier_, issued_};
      auto written = printer_.print(*made_by, part, as);
      if (written.has_error()) give_up(written.error().message());
      bytes += written->size();
      ++observations;
    }
  }

  const fhir::ObservationMapping& mapping_;
  Known known_;
  group::OpenGroups window_;
  group::ObservationGroups parts_;
  fhir::ObservationNames names_;
  fhir::ObservationPrinter printer_;
  std::string issued_, identifier_;
};

// A normalizer's end of a batch.
class Collector : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView& measurement) override { buffer.add(measurement, std::nullopt, record); }
  group::MemberBuffer buffer;
  std::uint64_t record = 0;
};

class Run {
 public:
  Run(const mapping::DeviceMapping& mapping, Transformer& out) : mapping_(mapping), out_(out) {}

  void over(const std::vector<std::string>& bodies) {
    out_.observations = out_.bytes = 0;
    for (const std::string& body : bodies) {
      bool read = !document_.read_envelope({body, {}, {}}).has_error();
      if (!read || mapping_.normalize(document_, collector_).has_error()) give_up("a message failed");
      if (++collector_.record % kBatch == 0) hand_over();
    }
    hand_over();
    out_.flush();
  }

 private:
  void hand_over() {
    out_.add(collector_.buffer.members());
    collector_.buffer.clear();
  }

  const mapping::DeviceMapping& mapping_;
  Transformer& out_;
  document::Document document_;
  Collector collector_;
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
  Transformer out(fhir_mapping);
  Run run(mapping, out);
  bench::Against found = bench::against_parse(bodies, argc > 5 ? std::atoi(argv[5]) : 5, [&] { run.over(bodies); });
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
