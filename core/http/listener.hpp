// The one listener: HTTP/1.1 on one address, answered by one handler.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::http {

struct Asked {
  std::string_view method;  // "GET"
  std::string_view path;    // "/metrics", without the query
  std::string_view body;
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

// Called on the listener's thread, one question at a time.
using Handler = std::function<Answer(const Asked&)>;

// Bounded whatever comes: 64 connections, 16 KiB of headers, 64 KiB of body, ten seconds for each step; a connection
// beyond that is closed.
class Listener {
 public:
  // `address`: "127.0.0.1:9464", "[::1]:9464"; port 0: one that the system gives. Reason of failure: "cannot-listen".
  // [main]
  static Result<std::unique_ptr<Listener>> open(std::string_view address, Handler handler);
  // Waits for the handler to return; open connections are closed.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // With the port that it has.
  const std::string& address() const { return address_; }

 private:
  class Server;
  explicit Listener(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
  std::string address_;
};

}  // namespace aorta::http
