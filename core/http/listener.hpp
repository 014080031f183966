// The one listener: HTTP/1.1 on one address, plain or in TLS, answered by routes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::http {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;  // names in lower case

struct Asked {
  std::string_view method;  // "GET"
  std::string_view path;    // "/metrics", without the query
  std::string_view query;   // behind the "?", as it was sent
  std::string_view body;    // whole, and unpacked
  Fields fields;

  // The value of the first field with this name (in lower case); empty: there is none.
  std::string_view field(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> fields = {};
};

// Called on the listener's thread, one question at a time.
using Handler = std::function<Answer(const Asked&)>;

// A question that waits for its answer. Dropped without one, it is answered with 503. It must not outlive the listener.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // [any] Once.
  virtual void answer(Answer answer) = 0;
};

// Who may ask at a path, and how much.
struct Route {
  std::string path;
  std::string bearer_token;                      // empty: nobody is asked for one
  std::uint64_t max_body_bytes = 64 * 1024;      // as it is sent
  std::uint64_t max_unpacked_bytes = 64 * 1024;  // where it was compressed
  // Called on the listener's thread, which it must not keep waiting. `asked` lives for the call.
  std::function<void(std::unique_ptr<Exchange> exchange, const Asked& asked)> ask;
};

struct ListenerOptions {
  std::string address;           // "127.0.0.1:8080", "[::1]:8080"; port 0: one that the system gives
  std::string certificate, key;  // PEM files; empty: no TLS. TLS 1.2 or newer
  std::string client_ca;         // PEM file: only clients with a certificate of these may ask; empty: all may
  std::uint64_t max_connections = 64;
  std::uint32_t max_header_bytes = 16 * 1024;
  std::chrono::milliseconds patience{
      10'000};  // for a request's head, for its body, for an answer's way; idle: six times
  friend bool operator==(const ListenerOptions&, const ListenerOptions&) = default;
};

// Whatever comes is bounded as the options say. A connection beyond that is closed; a request is answered with 401,
// 404, 413, 415, 400 or 503, told in JSON.
class Listener {
 public:
  // Answers every path that has no route by `handler`. Reason of failure: "cannot-listen". [main]
  static Result<std::unique_ptr<Listener>> open(std::string_view address, Handler handler);
  static Result<std::unique_ptr<Listener>> open(const ListenerOptions& options, Handler handler = {});
  // Waits for handlers to return; open connections are closed.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // [any but the listener's thread] Reason of failure: "route-taken".
  Result<void> add(Route route);
  // No call of the route's ask() is under way or comes when it returns. One that is not there is fine.
  void remove(const std::string& path);

  // While it lives, a path that is removed is to be added again soon: who asks there meanwhile is told to come again.
  // Several may live at a time.
  class Gap {
   public:
    explicit Gap(Listener& listener);
    ~Gap();
    Gap(Gap&& from) noexcept : listener_(std::exchange(from.listener_, nullptr)) {}
    Gap& operator=(Gap&&) = delete;

   private:
    Listener* listener_;
  };

  // With the port that it has.
  const std::string& address() const { return address_; }
  const ListenerOptions& options() const { return options_; }

  class Server;

 private:
  Listener(ListenerOptions options, std::unique_ptr<Server> server);
  ListenerOptions options_;
  std::unique_ptr<Server> server_;
  std::string address_;
};

// {"error":{"reason":…,"message":…}}
Answer refusal(int status, std::string_view reason, std::string_view message);

}  // namespace aorta::http
