#include "core/plugin/sink.hpp"

#include "core/plugin/fhir_access.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/worker/isolated.hpp"

namespace aorta::plugin {
namespace {

std::vector<Sink::Endings> unsaid(std::span<const group::Group> groups) {
  std::vector<Sink::Endings> out;
  for (const group::Group& group : groups) out.push_back(unsaid_endings(group.measurements.size()));
  return out;
}

// In this process.
class LocalSink : public Sink {
 public:
  LocalSink(std::unique_ptr<Instance> instance, const aorta_sink* api) : Sink(std::move(instance)), api_(api) {}

  Result<void> start() override { return instance_->start(); }
  Result<void> stop() override { return instance_->stop(); }
  void cancel() override { instance_->cancel(); }

  Result<std::vector<Endings>> write(std::span<const group::Group> groups) override {
    remember_counts();
    std::vector<Endings> endings = unsaid(groups);
    GroupHandles handles(groups);
    aorta_results results{endings};
    auto code = instance_->call([&] {
      std::int32_t said = api_->write(instance_->self(), handles.pointers(), groups.size(), &results);
      failing_ = said == AORTA_REJECT ? Failing::Groups : Failing::Whole;
      return said;
    });
    if (code.has_error()) return code.error().in(instance_->surroundings().name);
    return endings;
  }

 private:
  const aorta_sink* api_;
};

}  // namespace

Sink::Endings unsaid_endings(std::size_t measurements) {
  fhir::Ending ending;
  ending.kind = fhir::Ending::Kind::Failed;
  ending.error = Error("sink-said-nothing", "the sink did not say what became of this measurement");
  return Sink::Endings(measurements, ending);
}

Sink::Sink(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}
Sink::~Sink() = default;

Result<std::unique_ptr<Sink>> Sink::make(
    Registry& registry, std::string_view id, std::string_view config, Home home, Surroundings surroundings
) {
  if (surroundings.isolation) return worker::make_sink(registry, id, config, std::move(home), std::move(surroundings));
  AORTA_TRY(instance, Instance::make(registry, Kind::Sink, id, config, std::move(surroundings), std::move(home)));
  AORTA_TRY(api, instance->need<aorta_sink>(AORTA_SINK_ID));
  return std::unique_ptr<Sink>(std::make_unique<LocalSink>(std::move(instance), api));
}

fhir::WriteCounts Sink::counts() const {
  fhir::WriteCounts sum;
  for (const aorta_observation_mapping* engine : instance_->engines()) {
    const fhir::WriteCounts& counts = engine->writer.counts();
    sum.observations_created += counts.observations_created;
    sum.observations_updated += counts.observations_updated;
    sum.observations_unchanged += counts.observations_unchanged;
    sum.devices_created += counts.devices_created;
    sum.patients_created += counts.patients_created;
  }
  return sum;
}

void Sink::remember_counts() {
  for (aorta_observation_mapping* engine : instance_->engines()) engine->before = engine->writer.counts();
}

void Sink::rolled_back() {
  for (aorta_observation_mapping* engine : instance_->engines()) engine->writer.rolled_back(engine->before);
  if (instance_->has_fhir()) instance_->fhir().identities.forget();
}

}  // namespace aorta::plugin
