#include "core/plugin/source.hpp"

#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {

Source::Source(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}
Source::~Source() = default;

Result<std::unique_ptr<Source>> Source::make(
    Registry& registry, std::string_view id, std::string_view config, Surroundings surroundings
) {
  AORTA_TRY(instance, Instance::make(registry, Kind::Source, id, config, std::move(surroundings)));
  std::unique_ptr<Source> source(new Source(std::move(instance)));
  AORTA_TRY(api, source->instance_->need<aorta_source>(AORTA_SOURCE_ID));
  source->api_ = api;
  source->progress_ = source->instance_->ability<aorta_progress>(AORTA_PROGRESS_ID);
  return source;
}

Result<void> Source::start() { return instance_->start(); }
Result<void> Source::stop() { return instance_->stop(); }
void Source::cancel() { instance_->cancel(); }

Result<Source::State> Source::poll(
    std::vector<Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
) {
  aorta_batch batch{out};
  auto into_plugin = [&] {
    return api_->poll(instance_->self(), &batch, max_records, max_bytes, static_cast<std::uint32_t>(wait.count()));
  };
  auto code = instance_->call(into_plugin);
  if (code.has_error()) return code.error().in(instance_->surroundings().name);
  if (*code == AORTA_END) return State::Ended;
  return *code == AORTA_CANCELLED ? State::Cancelled : State::More;
}

void Source::settle(std::string_view token, std::int32_t outcome) {
  api_->settle(instance_->self(), to_abi(token), outcome);
}

std::optional<Source::Progress> Source::progress() const {
  if (!progress_) return std::nullopt;
  Progress progress;
  progress_->progress(instance_->self(), &progress.done, &progress.total);
  return progress;
}

}  // namespace aorta::plugin
