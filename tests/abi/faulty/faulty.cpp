// A plugin of each kind that does what a message (or its configuration) says, for the tests of isolation: it crashes,
// hangs, leaves, writes to descriptors that are not its own.
#include <fcntl.h>
#include <unistd.h>

#include <aorta/plugin.hpp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace {

constexpr int kConnection = 3;  // a worker's, which is no plugin's business

void grow() {
  std::vector<std::string> all;
  for (;;) all.emplace_back(16 << 20, 'x');
}

// Leaves a child behind that holds on to everything.
void leave_a_child() {
  if (fork() != 0) return;
  sleep(20);
  _exit(0);
}

void write_header(std::uint32_t type, std::uint32_t is_shared, std::uint64_t size) {
  char header[16];
  std::memcpy(header, &type, 4);
  std::memcpy(header + 4, &is_shared, 4);
  std::memcpy(header + 8, &size, 8);
  (void)!write(kConnection, header, sizeof header);
}

// Whoever handles the signal here does not come to it.
void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
}
void hang() { std::this_thread::sleep_for(std::chrono::hours(1)); }

void misbehave(std::string_view how) {
  if (how == "crash") crash();
  if (how == "abort") std::abort();
  if (how == "exit") std::exit(0);
  if (how == "hang") hang();
  if (how == "grow") grow();
  if (how == "throw") throw 42;
  if (how == "close") close(kConnection);
  if (how == "garbage") (void)!write(kConnection, "all sorts of nonsense, all sorts of nonsense", 44);
  if (how == "oversized") write_header(7, 0, std::uint64_t{1} << 60);
  if (how == "shared-oversized") write_header(7, 1, std::uint64_t{1} << 40);
  if (how == "endless") write_header(7, 0, std::uint64_t{1} << 30);
  if (how == "empty-answer") write_header(7, 0, 0);
  if (how == "fork-and-crash") {
    leave_a_child();
    crash();
  }
}

// What this process has of its host, one line each.
std::string belongings() {
  std::string out;
  for (char** variable = environ; *variable; ++variable) out += "env " + std::string(*variable) + "\n";
  for (int fd = 0; fd < 256; ++fd) {
    char target[256];
    ssize_t size = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target, sizeof target);
    if (size > 0) out += "fd " + std::to_string(fd) + " " + std::string(target, static_cast<std::size_t>(size)) + "\n";
  }
  return out + "pid " + std::to_string(getpid()) + "\n";
}

void tell(const std::string& file) {
  if (!file.empty()) std::ofstream(file, std::ios::app) << belongings();
}

}  // namespace

// Gives "total" records; at record "at" it does "how", unless the file "once" is there, which it makes before.
struct FaultySource {
  static constexpr std::string_view id = "test.faulty_source";
  struct Config {
    std::string how;
    std::int64_t at = 3;
    std::int64_t total = 6;
    std::string once;
    std::string tell;
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("how", &Config::how, "What goes wrong"), aorta::field("at", &Config::at, "At which record"),
      aorta::field("total", &Config::total, "How many records"),
      aorta::field("once", &Config::once, "A file that stands for: it has happened"),
      aorta::field("tell", &Config::tell, "Where to write what the process has")
  );
  explicit FaultySource(Config config) : config_(std::move(config)) { tell(config_.tell); }

  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds) {
    if (next_ == config_.at && is_first()) misbehave(config_.how);
    std::string minute = std::to_string(next_ % 60);
    if (minute.size() < 2) minute.insert(0, "0");
    std::string body = R"({"device":"d1","patient":"p1","hr":70,"at":"2026-11-22T06:)" + minute + ":00Z\"}";
    std::string token = std::to_string(next_);
    if (next_++ < config_.total) out.add({body, token, token});
    return next_ < config_.total ? aorta::Status::Ok : aorta::Status::End;
  }
  void settle(std::string_view, aorta::Outcome) {}

 private:
  bool is_first() const {
    if (config_.once.empty()) return true;
    bool there = std::filesystem::exists(config_.once);
    std::ofstream(config_.once) << "x";
    return !there;
  }
  Config config_;
  std::int64_t next_ = 0;
};

// A heart rate of each message; does what the message says in "template". Keeps a diary where FAULTY_DIARY says.
struct FaultyContent {
  static constexpr std::string_view id = "FaultyContent";
  explicit FaultyContent(aorta::Host host) : host_(host) {}
  void start() { note("started"); }
  void stop() { note("stopped"); }
  void apply(aorta::Document message, aorta::Measurements& out) {
    aorta::Node body = message.root()["Body"];
    while (body["template"].text() == "babble") host_.debug("and so on");
    misbehave(body["template"].text());
    auto occurred = message.time(body["at"]);
    if (!occurred) return;
    std::vector<aorta_pair> values{{aorta::to_abi("hr"), aorta::to_abi(body["hr"].text())}};
    if (body["sink"]) values.push_back({aorta::to_abi("sink"), aorta::to_abi(body["sink"].text())});
    if (!told_) note("applied");
    told_ = true;
    out.add({"heartrate", body["device"].text(), *occurred, values, body["patient"].text()});
  }

 private:
  static void note(const char* what) {
    if (const char* diary = std::getenv("FAULTY_DIARY")) std::ofstream(diary, std::ios::app) << what << "\n";
  }
  aorta::Host host_;
  bool told_ = false;
};

// Takes every measurement; does what its value "sink" says.
struct FaultySink {
  static constexpr std::string_view id = "test.faulty_sink";
  struct Config {
    std::string at_start;
    std::string at_stop;
    std::string tell;
    std::string diary;
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("at_start", &Config::at_start, "What goes wrong when it is made"),
      aorta::field("at_stop", &Config::at_stop, "What goes wrong when it is stopped"),
      aorta::field("tell", &Config::tell, "Where to write what the process has"),
      aorta::field("diary", &Config::diary, "Where to write what was asked of it")
  );
  explicit FaultySink(Config config) : config_(std::move(config)) {
    misbehave(config_.at_start);
    tell(config_.tell);
    note("made");
  }
  ~FaultySink() { note("gone"); }
  void start() { note("started"); }
  void stop() {
    note("stopped");
    misbehave(config_.at_stop);
  }
  void write(const aorta::Groups& groups, aorta::Results& results) {
    note("wrote");
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      for (std::uint64_t m = 0; m < groups[g].size(); ++m) write(groups[g][m], g, m, results);
    }
  }

 private:
  void note(const char* what) const {
    if (!config_.diary.empty()) std::ofstream(config_.diary, std::ios::app) << what << "\n";
  }
  static void write(
      const aorta::GroupMeasurement& measurement, std::uint64_t g, std::uint64_t m, aorta::Results& results
  ) {
    for (const aorta_pair& value : measurement.values) {
      if (aorta::view(value.name) == "sink") misbehave(aorta::view(value.value));
    }
    results.written(g, m);
  }
  Config config_;
};

AORTA_MODULE("faulty", "1.0.0", FaultySource, FaultyContent, FaultySink)
