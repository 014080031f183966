// Single requests to any server, each by whoever asks, on their own thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/http/client.hpp"

namespace aorta::http {

// Thread-safe. Connections are kept for the next request.
class Caller {
 public:
  Caller();
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  struct Limits {
    std::chrono::milliseconds timeout{30'000};  // for one answer, whole
    std::size_t max_response_bytes = 16 * 1024 * 1024;
  };
  // Once, without following redirects; any status is an answer. `cancelled` is asked a few times a second. Errors:
  // "bad-request" (method, address or headers; nothing was sent), "cancelled", and, retryable, "unreachable" (nothing
  // was sent), "no-answer", "answer-too-large".
  Result<Response> send(const Request& request, const Limits& limits, const std::function<bool()>& cancelled);

 private:
  class Line;  // one request at a time
  std::unique_ptr<Line> take_line();
  void give_back(std::unique_ptr<Line> line);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Line>> idle_;
};

}  // namespace aorta::http
