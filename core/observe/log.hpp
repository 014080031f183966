// The host's log, on standard error: what happened, in whose part, with figures. Never a message's payload.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::observe {

enum class Level : std::uint8_t { Debug, Info, Warning, Error };  // as AORTA_LOG_*, in that order
enum class LogFormat : std::uint8_t { Text, Json };

// One `key=value` of a line.
struct Field {
  std::string_view key;
  std::string value;
  bool number = false;  // in JSON without quotes

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, std::uint64_t v) : key(k), value(std::to_string(v)), number(true) {}
};

// Thread-safe: a line is written whole. Text: `2026-11-22T06:00:00Z info pipeline: started source=bedside
// messages=20000`; JSON: {"time":…,"level":…,"part":…,"message":…, fields}. Control characters are escaped in both.
class Log {
 public:
  struct Options {
    Level least = Level::Info;
    LogFormat format = LogFormat::Text;
    int descriptor = 2;
    // Takes each line, with its end, instead of the descriptor; one at a time, on any thread.
    std::function<void(std::string_view line)> writer = {};
  };
  explicit Log(Options options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool enabled(Level level) const { return level >= options_.least; }
  // `part`: who speaks ("pipeline", "plugin acme.watch").
  void write(Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields = {});

 private:
  class Sink;
  Options options_;
  std::unique_ptr<Sink> sink_;
};

// "debug", "info", "warning", "error". Reason of failure: "not-a-level".
Result<Level> parse_level(std::string_view text);

}  // namespace aorta::observe
