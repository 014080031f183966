#include <charconv>

#include "aorta/abi/types.h"
#include "core/plugin/worker/isolated.hpp"
#include "core/plugin/worker/keeper.hpp"
#include "core/plugin/worker/source_frames.hpp"
#include "core/plugin/worker/state_service.hpp"

namespace aorta::plugin::worker {
namespace {

// Tokens carry the number of the worker that gave them: another one knows nothing of them.
class IsolatedSource : public Source {
 public:
  IsolatedSource(Hello hello, Surroundings surroundings)
      : keeper_(
            hello, [id = hello.id](std::uint32_t) { return "source plugin " + id; }, surroundings,
            std::make_shared<Falls>(surroundings.isolation->max_crashes)
        ),
        state_(surroundings) {
    keeper_.on_request([this](Type type, Reader& request) { return serve(type, request); });
  }

  Result<void> open() { return keeper_.open(); }
  Result<void> start() override { return keeper_.start(); }
  void cancel() override { keeper_.cancel(); }

  Result<void> stop() override {
    if (!keeper_.is_up()) return {};
    std::string request;
    Writer writer(request);
    put_settlements(writer, settlements_);
    settlements_.clear();
    auto done = keeper_.ask(Type::Stop, request, 1);
    if (done.has_error()) return done.error();
    return {};
  }

  Result<State> poll(
      std::vector<Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) override {
    if (!keeper_.is_up()) settlements_.clear();  // of a worker that is no more
    std::string request;
    Writer writer(request);
    writer.put(max_records);
    writer.put(max_bytes);
    writer.put(static_cast<std::uint32_t>(wait.count()));
    put_settlements(writer, settlements_);
    settlements_.clear();
    auto answer = keeper_.ask(Type::Poll, request, 1, wait);
    if (answer.has_error()) return gone(answer.error());
    return take(*answer, out);
  }

  void settle(std::string_view token, std::int32_t outcome) override {
    std::uint64_t generation = 0;
    auto read = std::from_chars(token.data(), token.data() + token.size(), generation);
    if (generation != keeper_.generation() || !keeper_.is_up()) return;
    settlements_.push_back({std::string(read.ptr + 1, token.data() + token.size()), outcome});
  }

  std::optional<Progress> progress() const override { return progress_; }

 private:
  Result<std::string> serve(Type type, Reader& request) {
    if (StateService::knows(type)) return state_.serve(type, request);
    request.spoil();
    return std::string();
  }

  // Another worker may take over, unless it is quarantined.
  Error gone(const Error& error) const {
    bool again = keeper_.state() == Keeper::State::Fallen || keeper_.state() == Keeper::State::Away;
    return Error(std::string(error.reason()), std::string(error.message()), again || error.retryable());
  }

  Result<State> take(std::string_view answer, std::vector<Record>& out) {
    Reader in(answer);
    auto code = in.take<std::int32_t>();
    std::size_t before = out.size();
    for (std::uint32_t left = in.count(kLeastRecord); left > 0; --left) out.push_back(owned(take_record(in)));
    progress_ = take_progress(in);
    bool fine = code == AORTA_OK || code == AORTA_END || code == AORTA_CANCELLED;
    Error error = fine ? Error() : take_error(in);
    if (!in.ended()) {
      out.resize(before);
      return gone(keeper_.spoke_nonsense(1));
    }
    if (!fine) return error;
    return code == AORTA_END ? State::Ended : code == AORTA_CANCELLED ? State::Cancelled : State::More;
  }

  Record owned(Record views) const {
    std::string token = std::to_string(keeper_.generation()) + ":" + std::string(views.token);
    views.token = token;
    std::optional<Error> rejected = std::move(views.rejected);
    Record out = own(views);
    out.rejected = std::move(rejected);
    return out;
  }

  static constexpr std::size_t kLeastRecord = 6 * sizeof(std::uint32_t);

  Keeper keeper_;
  StateService state_;
  std::vector<Settlement> settlements_;
  std::optional<Progress> progress_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_source(
    Registry& registry, std::string_view id, std::string_view config, Surroundings surroundings
) {
  AORTA_TRY(info, registry.need(Kind::Source, id));
  Hello hello{Kind::Source,        surroundings.name,  info->id,
              std::string(config), registry.folders(), secrets_of(surroundings)};
  auto made = std::make_unique<IsolatedSource>(std::move(hello), std::move(surroundings));
  AORTA_CHECK(made->open());
  return std::unique_ptr<Source>(std::move(made));
}

}  // namespace aorta::plugin::worker
