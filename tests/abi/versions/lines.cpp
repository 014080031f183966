// A source that says of each line which version of it has read it, and keeps its place only when it is stopped; a
// template type that adds its own version to that: "12" was read by the first one and mapped by the second.
#include <algorithm>
#include <aorta/plugin.hpp>
#include <aorta/state.hpp>
#include <charconv>
#include <fstream>
#include <string>
#include <thread>

struct Lines {
  static constexpr std::string_view id = "test.lines";
  struct Config {
    std::filesystem::path path;
  };
  static constexpr auto schema = aorta::schema<Config>(aorta::field("path", &Config::path, "File to read").required());

  Lines(Config config, aorta::Host host) : config_(std::move(config)), host_(host) {
#if defined(LINES_NOT_MADE)
    throw aorta::Reject("lines/not-today", "this version cannot be made");
#endif
  }
  void start() {
#if defined(LINES_NOT_STARTED)
    throw aorta::Reject("lines/not-today", "this version cannot be started");
#endif
    in_.open(config_.path, std::ios::binary);
    if (auto kept = aorta::State(host_).get("place")) read_ = std::stol(*kept);
    in_.seekg(read_);
    started_ = true;
  }
  void stop() {
    if (started_ && settled_ == given_) aorta::State(host_).put("place", std::to_string(read_));
  }

  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds wait) {
    for (std::string line; !out.full() && next(line);) {
      std::string body = "{\"version\":" LINES_VERSION "," + line.substr(1);
      std::string token = std::to_string(++given_);
      out.add({.body = body, .token = token, .position = token});
    }
    if (out.size() == 0) std::this_thread::sleep_for(std::min(wait, std::chrono::milliseconds(10)));
    return host_.cancelled() ? aorta::Status::Cancelled : aorta::Status::Ok;
  }
  void settle(std::string_view, aorta::Outcome) { ++settled_; }

 private:
  // A whole line: what is still being written is read again later.
  bool next(std::string& line) {
    in_.clear();
    in_.seekg(read_);
    if (!std::getline(in_, line) || in_.eof()) return false;
    read_ += static_cast<std::streamoff>(line.size()) + 1;
    return true;
  }

  Config config_;
  aorta::Host host_;
  std::ifstream in_;
  std::streamoff read_ = 0;
  std::uint64_t given_ = 0, settled_ = 0;
  bool started_ = false;
};

struct Versions {
  static constexpr std::string_view id = "VersionsContent";
  struct Config {};
  static constexpr auto schema = aorta::schema<Config>();
  explicit Versions(Config) {}

  void apply(aorta::Document message, aorta::Measurements& out) {
    aorta::Node body = message.root()["Body"];
    auto time = message.time(body["at"]);
    std::string_view version;
    if (!time || message.text(body["version"], version) != aorta::Document::Text::Found)
      throw aorta::Reject("lines/no-line", "the message is no line of test.lines");
    std::string both = std::string(version) + LINES_VERSION;
    aorta_pair value{aorta::to_abi("hr"), aorta::to_abi(both)};
    out.add(
        {.type = "heartrate",
         .device = body["device"].text(),
         .occurred = *time,
         .values = {&value, 1},
         .patient = body["patient"].text()}
    );
  }
};

AORTA_MODULE("lines", LINES_VERSION, Lines, Versions)
