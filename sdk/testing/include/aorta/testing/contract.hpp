// What a plugin did that the ABI does not allow, in words that say what to change.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace aorta::testing {

// Thread-safe; the same breach is kept once.
class Contract {
 public:
  void broke(std::string what) {
    std::lock_guard lock(mutex_);
    if (std::find(breaches_.begin(), breaches_.end(), what) == breaches_.end()) breaches_.push_back(std::move(what));
  }
  std::vector<std::string> breaches() const {
    std::lock_guard lock(mutex_);
    return breaches_;
  }
  // All breaches, one a line; empty: the contract was kept.
  std::string text() const {
    std::string out;
    for (const std::string& breach : breaches()) out += (out.empty() ? "" : "\n") + breach;
    return out;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> breaches_;
};

// Lower-case words joined by hyphens, in stages parted by slashes: what operators count by.
inline bool is_reason(std::string_view text) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

}  // namespace aorta::testing
