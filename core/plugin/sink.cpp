#include "core/plugin/sink.hpp"

#include "core/plugin/fhir_access.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

fhir::Ending nothing_said() {
  fhir::Ending ending;
  ending.kind = fhir::Ending::Kind::Failed;
  ending.error = Error("sink-said-nothing", "the sink did not say what became of this measurement");
  return ending;
}

std::vector<Sink::Endings> unsaid(std::span<const group::Group> groups) {
  std::vector<Sink::Endings> out;
  for (const group::Group& group : groups) out.emplace_back(group.measurements.size(), nothing_said());
  return out;
}

}  // namespace

Sink::Sink(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}
Sink::~Sink() = default;

Result<std::unique_ptr<Sink>> Sink::make(
    Registry& registry, std::string_view id, std::string_view config, Home home, Surroundings surroundings
) {
  AORTA_TRY(instance, Instance::make(registry, Kind::Sink, id, config, std::move(surroundings), std::move(home)));
  std::unique_ptr<Sink> sink(new Sink(std::move(instance)));
  AORTA_TRY(api, sink->instance_->need<aorta_sink>(AORTA_SINK_ID));
  sink->api_ = api;
  return sink;
}

Result<void> Sink::start() { return instance_->start(); }
Result<void> Sink::stop() { return instance_->stop(); }
void Sink::cancel() { instance_->cancel(); }

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

void Sink::rolled_back() {
  for (aorta_observation_mapping* engine : instance_->engines()) engine->writer.rolled_back(engine->before);
  if (instance_->has_fhir()) instance_->fhir().identities.forget();
}

Result<std::vector<Sink::Endings>> Sink::write(std::span<const group::Group> groups) {
  for (aorta_observation_mapping* engine : instance_->engines()) engine->before = engine->writer.counts();
  std::vector<Endings> endings = unsaid(groups);
  Arena arena;
  std::vector<aorta_group> handles(groups.size());
  std::vector<const aorta_group*> pointers(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    handles[i] = {&groups[i], i, &arena};
    pointers[i] = &handles[i];
  }
  aorta_results results{endings};
  auto code = instance_->call([&] {
    std::int32_t said = api_->write(instance_->self(), pointers.data(), pointers.size(), &results);
    rejected_ = said == AORTA_REJECT;
    return said;
  });
  if (code.has_error()) return code.error().in(instance_->surroundings().name);
  return endings;
}

}  // namespace aorta::plugin
