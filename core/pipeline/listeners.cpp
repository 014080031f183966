#include "core/pipeline/listeners.hpp"

#include <algorithm>

namespace aorta::pipeline {

http::Listener* Listeners::look(std::string_view address) const {
  auto found = std::find_if(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
    return listener->options().address == address;
  });
  return found == listeners_.end() ? nullptr : found->get();
}

Result<http::Listener*> Listeners::at(const http::ListenerOptions& options) {
  std::lock_guard lock(mutex_);
  if (http::Listener* there = look(options.address)) {
    if (there->options() == options) return there;
    return Error(
        "listener-differs",
        options.address + ": another pipeline listens there with other certificates or limits; write the same for both"
    );
  }
  AORTA_TRY(opened, http::Listener::open(options));
  return listeners_.emplace_back(std::move(opened)).get();
}

http::Listener* Listeners::find(std::string_view address) {
  std::lock_guard lock(mutex_);
  return look(address);
}

std::vector<http::Listener*> Listeners::all() {
  std::lock_guard lock(mutex_);
  std::vector<http::Listener*> out;
  for (const auto& listener : listeners_) out.push_back(listener.get());
  return out;
}

std::vector<http::Listener::Gap> Listeners::gaps() {
  std::vector<http::Listener::Gap> out;
  for (http::Listener* listener : all()) out.emplace_back(*listener);
  return out;
}

}  // namespace aorta::pipeline
