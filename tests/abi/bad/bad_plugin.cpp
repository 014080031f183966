// Plugins that break the contract, each in one way, for the tests of `aorta plugin verify`: way.h names the ways.
// Compiled once; each library has a bad_way of its own.
#include <fcntl.h>
#include <unistd.h>

#include <aorta/plugin.hpp>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "way.h"

namespace {

char* volatile kept = nullptr;

void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(3000)); }

struct OnLoading {
  OnLoading() {
    if (bad_way == BAD_SLOW_TO_LOAD) usleep(300000);
    if (bad_way == BAD_THREAD_WHEN_LOADED) std::thread(rest).detach();
  }
} on_loading;

void keep_a_process() {
  if (fork() == 0) {
    rest();
    _exit(0);
  }
}

void leave_traces() {
  if (bad_way == BAD_LOCALE) std::setlocale(LC_ALL, "C.UTF-8");
  if (bad_way == BAD_SIGNAL) std::signal(SIGUSR1, [](int) {});
  if (bad_way == BAD_FOLDER) (void)!chdir("/");
  if (bad_way == BAD_FILE) (void)open("/dev/zero", O_RDONLY);
  if (bad_way == BAD_THREAD) std::thread(rest).detach();
  if (bad_way == BAD_FORKS) keep_a_process();
}

}  // namespace

struct Source {
  static constexpr std::string_view id = "bad.source";
  struct Config {
    std::string text = "x";
  };
  static constexpr auto schema =
      aorta::schema<Config>(aorta::field("text", &Config::text, "Any text").examples("example"));

  explicit Source(const Config& config, aorta::Host host) : host_(host) {
    if (bad_way == BAD_REFUSES_EXAMPLE && config.text == "example") throw aorta::Reject("bad-config", "not this one");
    if (bad_way == BAD_CRASHES_ON_CONFIG && config.text.empty()) std::abort();
    if (bad_way == BAD_GROWS) kept = new char[4096];
    if (bad_way == BAD_EXITS) std::_Exit(3);
  }
  void start() {
    leave_traces();
    if (bad_way == BAD_REASON) throw aorta::Reject("No Reason!", "");
  }
  void stop() {
    if (bad_way == BAD_STOPS_ONCE && stopped_++ > 0) throw aorta::Fatal("stopped-already", "It was stopped already.");
  }
  aorta::Status poll(aorta::Batch& out, std::size_t max, std::chrono::milliseconds wait) {
    if (bad_way == BAD_HANGS) std::this_thread::sleep_for(std::chrono::hours(1));
    if (bad_way == BAD_SLEEPS && given_ > 0) std::this_thread::sleep_for(wait);
    std::size_t most = bad_way == BAD_TOO_MANY ? max + 1 : given_ < 5 ? 1 : 0;
    for (std::size_t i = 0; i < most; ++i) add(out);
    if (bad_way == BAD_AFTER_THE_END) add(out);
    bool goes_on = bad_way == BAD_SLEEPS || given_ < 5;
    return goes_on ? aorta::Status::Ok : aorta::Status::End;
  }
  void settle(std::string_view, aorta::Outcome) {
    if (bad_way == BAD_CRASHES_ON_SETTLE) std::abort();
  }

 private:
  void add(aorta::Batch& out) {
    std::string name = bad_way == BAD_SAME_TOKEN ? "1" : std::to_string(++given_);
    if (bad_way == BAD_SAME_TOKEN) ++given_;
    out.add({"{}", name, name});
  }
  aorta::Host host_;
  std::size_t given_ = 0;
  int stopped_ = 0;
};

struct Template {
  static constexpr std::string_view id = "BadTemplate";
  struct Config {
    std::string type = "t";
  };
  static constexpr auto schema = aorta::schema<Config>(aorta::field("type", &Config::type, "Type"));
  explicit Template(Config config) : type_(std::move(config.type)) {}

  void apply(aorta::Document message, aorta::Measurements& out) {
    if (!message.root()["Body"]["hr"]) return;
    std::string value = "71";
    if (bad_way == BAD_MEMORY) value = std::to_string(++calls_);
    if (bad_way == BAD_ZONE) value = tzname[0];
    aorta_pair pair{aorta::to_abi("hr"), aorta::to_abi(value)};
    out.add({type_, "d1", {0, 0, 0}, {&pair, 1}});
  }
  std::string_view required_name(std::size_t index) const {
    if (index > 0) return {};
    return bad_way == BAD_HINT ? "pulse" : "hr";
  }

 private:
  std::string type_;
  int calls_ = 0;
};

struct Sink {
  static constexpr std::string_view id = "bad.sink";
  void write(const aorta::Groups& groups, aorta::Results& results) {
    if (bad_way == BAD_CRASHES_ON_BATCH && groups.size() == 0) std::abort();
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      for (std::uint64_t m = 0; m < groups[g].size(); ++m) {
        if (bad_way != BAD_SILENT_SINK || m > 0) results.written(g, m);
        if (bad_way == BAD_TWICE) results.merged(g, m);
        if (bad_way == BAD_INDEX) results.written(g, m + groups[g].size());
      }
    }
  }
};

namespace {

using aorta::detail::create;
constexpr std::string_view kRecords = AORTA_RECORDS_ID;
constexpr auto kCreate = &create<Source, Template, Sink>;

// What the C++ SDK would not let happen.
aorta_plugin* careless(const aorta_host* host, aorta_str id, aorta_str config) {
  if (bad_way == BAD_UNKNOWN_ID) {
    std::string known(Source::id);
    if (aorta::view(id) != Template::id && aorta::view(id) != Sink::id) id = aorta::to_abi(known);
    return kCreate(host, id, config);
  }
  if (bad_way == BAD_TRUSTS_HOST &&
      static_cast<const aorta_records*>(host->get(host, aorta::to_abi(kRecords)))->size == 0)
    return nullptr;
  if (bad_way == BAD_THROWS && aorta::view(config) == "[]") throw 42;
  if (bad_way == BAD_SAYS_NOTHING && aorta::view(config) == "[]") return nullptr;
  return kCreate(host, id, config);
}

aorta_str manifest() noexcept {
  static const std::string text = aorta::detail::make_manifest<Source, Template, Sink>("bad", "1.0.0");
  return aorta::to_abi(text);
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) extern const aorta_module aorta_module_v1;
const aorta_module aorta_module_v1 = {
    sizeof(aorta_module), AORTA_ABI_MAJOR, AORTA_ABI_MINOR, 0, 0, 0, &manifest, &careless};
}
