// Runs vendor code in a process of its own, so that nothing it does can reach the one who asks.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace aorta::plugin::verify {

// What a check says while it runs; each word is passed on at once, so that a crash behind it loses none.
class Report {
 public:
  explicit Report(int descriptor) : descriptor_(descriptor) {}
  // Something to change: what happened, and what to do.
  void found(std::string text) { write('F', std::move(text)); }
  // Each line of `text` is a finding.
  void found_lines(const std::string& text);
  // The check could not be made, and what it needs.
  void skipped(std::string why) { write('S', std::move(why)); }

 private:
  void write(char what, std::string text);
  int descriptor_;
};

struct Apart {
  std::vector<std::string> findings;
  std::string skipped;  // why; empty: it ran
};

// Forks, runs `check` in the child with its output thrown away and `folder` as working directory, and waits at most
// `limit`; then the child and what it started is killed. A crash, an exit and a timeout are findings. The caller has
// one thread. [main]
Apart run_apart(const std::function<void(Report&)>& check, const std::string& folder, std::chrono::milliseconds limit);

}  // namespace aorta::plugin::verify
