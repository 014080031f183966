#include "core/cli/run_loop.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "core/base/units.hpp"
#include "core/cli/signals.hpp"
#include "core/pipeline/metrics.hpp"

namespace aorta::cli {
namespace {

using namespace std::chrono_literals;
using Clock = RunView::Clock;
constexpr auto kLook = 100ms;
constexpr const char* kWatchPaths[] = {"/healthz", "/readyz", "/metrics"};

}  // namespace

void RunLoop::Lines::add(std::string_view line) {
  std::lock_guard lock(mutex_);
  lines_ += line;
}

std::string RunLoop::Lines::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(lines_, {});
}

RunLoop::RunLoop(Context& context) : context_(context), log_(log_options()) { watch_signals(); }
RunLoop::~RunLoop() {
  for (const char* path : kWatchPaths) {
    if (shared_) shared_->remove(path);
  }
}

observe::Log::Options RunLoop::log_options() {
  observe::Log::Options options;
  if (context_.format == Format::Json) options.format = observe::LogFormat::Json;
  if (context_.err_terminal.interactive) options.writer = [this](std::string_view line) { lines_.add(line); };
  return options;
}

std::optional<int> RunLoop::add(
    Checked pipeline, std::chrono::milliseconds drain_timeout,
    std::vector<std::unique_ptr<pipeline::SourcePort>> sources
) {
  RunHome home{context_, log_, listeners_, drain_timeout};
  pipeline::OpenedSources standing_in;
  for (auto& source : sources) standing_in.push_back({std::move(source)});
  auto opened = PipelineRun::open(home, std::move(pipeline), std::move(standing_in));
  context_.err << lines_.take();
  if (opened.has_error())
    return fail(context_, opened.error(), opened.error().reason() == "bad-mapping" ? kFindings : kEnvironment);
  runs_.push_back(std::move(*opened));
  return std::nullopt;
}

std::optional<int> RunLoop::listen(const std::string& address) {
  http::Listener* shared = listeners_.find(address);
  return shared ? listen_with(*shared) : listen_alone(address);
}

std::optional<int> RunLoop::listen_alone(const std::string& address) {
  auto listener = http::Listener::open(address, [this](const http::Asked& asked) { return answer(asked); });
  if (listener.has_error()) return fail(context_, listener.error().in("--listen"));
  listener_ = std::move(*listener);
  tell_listening(*listener_);
  return std::nullopt;
}

// Where sources listen too.
std::optional<int> RunLoop::listen_with(http::Listener& listener) {
  shared_ = &listener;
  for (const char* path : kWatchPaths) {
    http::Route route;
    route.path = path;
    route.ask = [this](std::unique_ptr<http::Exchange> exchange, const http::Asked& asked) {
      exchange->answer(answer(asked));
    };
    if (auto added = listener.add(std::move(route)); added.has_error())
      return fail(context_, added.error().in("--listen"));
  }
  tell_listening(listener);
  return std::nullopt;
}

void RunLoop::tell_listening(const http::Listener& listener) {
  std::string scheme = listener.options().certificate.empty() ? "http" : "https";
  log_.write(
      observe::Level::Info, "listen", scheme + "://" + listener.address() + " answers /healthz, /readyz and /metrics"
  );
}

http::Answer RunLoop::answer(const http::Asked& asked) const {
  if (asked.method != "GET" && asked.method != "HEAD") return {405, "only GET and HEAD are answered here\n"};
  std::vector<PipelineRun::Guarded> held;
  std::vector<pipeline::Watched> watched;
  std::string reloading;
  for (const auto& run : runs_) {
    pipeline::Watched one = held.emplace_back(*run).watched();
    if (one.assembly) {
      watched.push_back(std::move(one));
    } else {
      reloading += one.name + ": its file is being taken up anew\n";
    }
  }
  if (asked.path == "/healthz") return {200, "ok\n"};
  if (asked.path == "/metrics") return {200, metrics_text(watched), "text/plain; version=0.0.4; charset=utf-8"};
  if (asked.path != "/readyz") return {404, "there are /healthz, /readyz and /metrics\n"};
  std::string trouble = reloading + not_ready_text(watched);
  return trouble.empty() ? http::Answer{200, "ready\n"} : http::Answer{503, trouble};
}

int RunLoop::run() {
  if (runs_.size() > 1)
    context_.out_terminal.interactive = false;  // one living picture fits a terminal, several do not
  Bell ended;
  for (auto& run : runs_) run->start(ended);
  manager_.ready(runs_.size() == 1 ? runs_.front()->route() : std::to_string(runs_.size()) + " pipelines run");
  watch(ended);
  context_.err << lines_.take() << std::flush;
  return exit_code();
}

bool RunLoop::any_running() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const auto& run) { return run->running(); });
}

void RunLoop::watch(Bell& ended) {
  while (any_running()) {
    ended.wait(kLook);
    manager_.alive(Clock::now());
    obey_signals();
    runs_.front()->view().log(lines_.take());
    for (auto& run : runs_) run->look(Clock::now());
  }
}

void RunLoop::obey_signals() {
  if (reload_asked()) {
    for (auto& run : runs_) run->reload();
  }
  if (!signal_came() || std::exchange(stopping_, true)) return;
  manager_.stopping();
  for (auto& run : runs_) run->stop();
}

int RunLoop::exit_code() const {
  int code = kOk;
  for (const auto& run : runs_) {
    for (const Error& failure : run->report().failures) {
      int said =
          fail(context_, failure, failure.reason() == "normalize/no-template-matched" ? kFindings : kEnvironment);
      code = std::max(code, said);
    }
  }
  for (const auto& run : runs_) {
    const pipeline::Counts& counts = run->report().counts;
    if (counts.in_flight > 0) {
      context_.err << run->name() << ": " << grouped(counts.in_flight)
                   << " messages did not come to an end; they are not settled and come again with the next run\n";
    }
    if (!counts.balanced() || !run->journals_balance()) return kLedger;
  }
  return code;
}

}  // namespace aorta::cli
