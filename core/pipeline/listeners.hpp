// The listeners of a process, by their address: pipelines and health share them.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/http/listener.hpp"

namespace aorta::pipeline {

// Thread-safe. Outlives everything that has a path at one of its listeners.
class Listeners {
 public:
  // The one with these options, opened if need be. Errors: "cannot-listen"; "listener-differs", the address is used
  // with others.
  Result<http::Listener*> at(const http::ListenerOptions& options);
  // The one that was opened for this address; nullptr: there is none.
  http::Listener* find(std::string_view address);
  std::vector<http::Listener*> all();
  // One at each listener that there is.
  std::vector<http::Listener::Gap> gaps();

 private:
  http::Listener* look(std::string_view address) const;

  std::mutex mutex_;
  std::vector<std::unique_ptr<http::Listener>> listeners_;
};

}  // namespace aorta::pipeline
