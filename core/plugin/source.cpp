#include "core/plugin/source.hpp"

#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/worker/isolated.hpp"

namespace aorta::plugin {

namespace {

// In this process.
class LocalSource : public Source {
 public:
  LocalSource(std::unique_ptr<Instance> instance, const aorta_source* api)
      : instance_(std::move(instance)),
        api_(api),
        progress_(instance_->ability<aorta_progress>(AORTA_PROGRESS_ID)),
        kept_(instance_->ability<aorta_kept>(AORTA_KEPT_ID)) {}

  Result<void> start() override { return instance_->start(); }
  Result<void> stop() override { return instance_->stop(); }
  void cancel() override { instance_->cancel(); }

  Result<State> poll(
      std::vector<Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) override {
    return poll_into({out}, max_records, max_bytes, wait);
  }

  bool keeps() const override { return kept_ != nullptr; }
  Result<State> poll_kept(
      std::vector<Record>& out, std::vector<Receipt>& receipts, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override {
    return poll_into({out, &receipts}, max_records, max_bytes, wait);
  }
  void kept(bool durable) override { kept_->kept(instance_->self(), durable ? AORTA_OK : AORTA_RETRY); }

  void settle(std::string_view token, std::int32_t outcome) override {
    api_->settle(instance_->self(), to_abi(token), outcome);
  }

  std::optional<Progress> progress() const override {
    if (!progress_) return std::nullopt;
    Progress progress;
    progress_->progress(instance_->self(), &progress.done, &progress.total);
    return progress;
  }

 private:
  Result<State> poll_into(
      aorta_batch batch, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) {
    auto into_plugin = [&] {
      return api_->poll(instance_->self(), &batch, max_records, max_bytes, static_cast<std::uint32_t>(wait.count()));
    };
    auto code = instance_->call(into_plugin);
    if (code.has_error()) return code.error().in(instance_->surroundings().name);
    if (*code == AORTA_END) return State::Ended;
    return *code == AORTA_CANCELLED ? State::Cancelled : State::More;
  }

  std::unique_ptr<Instance> instance_;
  const aorta_source* api_;
  const aorta_progress* progress_;
  const aorta_kept* kept_;
};

}  // namespace

Result<std::unique_ptr<Source>> Source::make(
    Registry& registry, std::string_view id, std::string_view config, Surroundings surroundings
) {
  if (surroundings.isolation) return worker::make_source(registry, id, config, std::move(surroundings));
  AORTA_TRY(instance, Instance::make(registry, Kind::Source, id, config, std::move(surroundings)));
  AORTA_TRY(api, instance->need<aorta_source>(AORTA_SOURCE_ID));
  return std::unique_ptr<Source>(std::make_unique<LocalSource>(std::move(instance), api));
}

}  // namespace aorta::plugin
