// Whether files that people edit have changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace aorta::cli {

// Looks now and then, no matter how often it is asked. A change counts when it has been the same for two looks: editors
// and copies write in several steps. [main]
class FileWatch {
 public:
  using Clock = std::chrono::steady_clock;

  explicit FileWatch(std::vector<std::string> files);
  // Once per change.
  bool changed(Clock::time_point now);

 private:
  // A file that is gone is as all that are gone.
  struct Stamp {
    std::int64_t device = 0, inode = 0, size = 0, seconds = 0, nanoseconds = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  static Stamp stamp(const std::string& file);
  std::vector<Stamp> stamps() const;

  std::vector<std::string> files_;
  std::vector<Stamp> known_, seen_;
  Clock::time_point looked_{};
};

}  // namespace aorta::cli
