#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/worker/isolated.hpp"
#include "core/plugin/worker/keeper.hpp"
#include "core/plugin/worker/sink_frames.hpp"
#include "core/plugin/worker/state_service.hpp"
#include "core/plugin/worker/store_service.hpp"

namespace aorta::plugin::worker {
namespace {

class IsolatedSink : public Sink {
 public:
  IsolatedSink(Hello hello, Home home, const Surroundings& surroundings)
      : Sink(Instance::stand_in(surroundings, std::move(home))),
        keeper_(
            hello, [id = hello.id](std::uint32_t) { return "sink plugin " + id; }, surroundings,
            std::make_shared<Falls>(surroundings.isolation->max_crashes)
        ),
        service_(*instance_, keeper_),
        state_(surroundings) {
    keeper_.on_request([this](Type type, Reader& request) {
      return StateService::knows(type) ? state_.serve(type, request) : service_.serve(type, request);
    });
  }

  Result<void> open() { return keeper_.open(); }
  Result<void> start() override { return keeper_.start(); }
  void cancel() override { keeper_.cancel(); }

  Result<void> stop() override {
    if (!keeper_.is_up()) return {};
    auto done = keeper_.ask(Type::Stop, {}, 1);
    if (done.has_error()) return done.error();
    return {};
  }

  Result<std::vector<Endings>> write(std::span<const group::Group> groups) override {
    remember_counts();
    GroupHandles handles(groups);
    request_.clear();
    Writer writer(request_);
    put_groups(writer, handles.pointers(), handles.size());
    std::size_t size = 0;
    for (const group::Group& group : groups) size += group.measurements.size();
    service_.work_on(&handles);
    auto answer = keeper_.ask(Type::Write, request_, size);
    service_.work_on(nullptr);
    if (answer.has_error()) return failed(groups, answer.error());
    return take(groups, *answer, size);
  }

 private:
  Result<std::vector<Endings>> take(std::span<const group::Group> groups, std::string_view answer, std::size_t size) {
    Reader in(answer);
    std::vector<Endings> endings;
    for (const group::Group& group : groups) endings.push_back(take_endings(in, group.measurements.size()));
    if (in.ended()) return endings;
    return failed(groups, keeper_.spoke_nonsense(size));
  }

  Result<std::vector<Endings>> failed(std::span<const group::Group> groups, const Error& error) {
    failing_ = failing_of(keeper_.state(), keeper_.code());
    if (keeper_.state() != Keeper::State::Quarantined) return error;
    std::vector<Endings> endings;
    fhir::Ending refused{fhir::Ending::Kind::Failed, error, {}};
    for (const group::Group& group : groups) endings.emplace_back(group.measurements.size(), refused);
    return endings;
  }

  static Failing failing_of(Keeper::State state, std::int32_t code) {
    if (state == Keeper::State::Fallen) return Failing::Fallen;
    return state == Keeper::State::Answered && code == AORTA_REJECT ? Failing::Groups : Failing::Whole;
  }

  Keeper keeper_;
  StoreService service_;
  StateService state_;
  std::string request_;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_sink(
    Registry& registry, std::string_view id, std::string_view config, Home home, Surroundings surroundings
) {
  AORTA_TRY(info, registry.need(Kind::Sink, id));
  Hello hello{Kind::Sink,          surroundings.name,  info->id,
              std::string(config), registry.folders(), secrets_of(surroundings)};
  auto made = std::make_unique<IsolatedSink>(std::move(hello), std::move(home), surroundings);
  AORTA_CHECK(made->open());
  return std::unique_ptr<Sink>(std::move(made));
}

}  // namespace aorta::plugin::worker
