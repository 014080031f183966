// What an instance knows again after a restart: texts under keys, durable, its own. For sources and sinks.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/abi/state.h"
#include "aorta/host.hpp"

namespace aorta {

// Inside calls of the host to the instance, the constructor included, on their threads. What cannot be kept throws: too
// long or too much Reject ("state/value-too-long", AORTA_STATE_MAX_*), a disk that is full or fails Retry.
class State {
 public:
  // Absent text (std::string_view()): the key is forgotten.
  struct Entry {
    std::string_view key;
    std::string_view value;
  };

  // Throws Fatal where the host has no state/1.
  explicit State(Host host) : host_(host), api_(&host.need<aorta_state>(AORTA_STATE_ID)) {}

  std::optional<std::string> get(std::string_view key) const {
    std::optional<std::string> out;
    auto give = [](void* to, aorta_str value) { *static_cast<std::optional<std::string>*>(to) = text(value); };
    check(api_->get(host_.raw(), to_abi(key), &out, give));
    return out;
  }
  // All or none; durable when it returns, which takes a journey to the disk.
  void put(const std::vector<Entry>& entries) const {
    std::vector<aorta_pair> raw;
    for (const Entry& entry : entries) raw.push_back({to_abi(entry.key), to_abi(entry.value)});
    check(api_->put(host_.raw(), raw.data(), raw.size()));
  }
  void put(std::string_view key, std::string_view value) const { put({Entry{key, present(value)}}); }
  void forget(std::string_view key) const { put({Entry{key, {}}}); }

  struct Kept {
    std::string key, value;
  };
  // Whose key begins so, in the order of the keys' bytes.
  std::vector<Kept> all(std::string_view prefix = "") const {
    std::vector<Kept> out;
    auto give = [](void* to, aorta_str key, aorta_str value) {
      static_cast<std::vector<Kept>*>(to)->push_back({text(key), text(value)});
    };
    check(api_->each(host_.raw(), to_abi(prefix), &out, give));
    return out;
  }

 private:
  static std::string text(aorta_str from) { return std::string(view(from)); }
  static std::string_view present(std::string_view value) { return value.data() ? value : std::string_view(""); }
  void check(std::int32_t code) const {
    if (code != AORTA_OK) throw host_.last_failure();
  }

  Host host_;
  const aorta_state* api_;
};

}  // namespace aorta
