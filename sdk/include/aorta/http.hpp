// Paths of the host's HTTP listener, for sources that are sent to.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "aorta/abi/http.h"
#include "aorta/host.hpp"

namespace aorta {

// Lives for the call that it is given to.
class HttpRequest {
 public:
  explicit HttpRequest(const aorta_http_request& raw) : raw_(raw) {}
  std::string_view method() const { return view(raw_.method); }
  std::string_view query() const { return view(raw_.query); }
  std::string_view body() const { return view(raw_.body); }
  // The value of the head's first field of this name, in lower case ("content-type"); empty: there is none.
  std::string_view field(std::string_view name) const {
    for (std::uint64_t i = 0; i < raw_.field_count; ++i) {
      if (view(raw_.fields[i].name) == name) return view(raw_.fields[i].value);
    }
    return {};
  }

 private:
  const aorta_http_request& raw_;
};

struct HttpAnswer {
  unsigned status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::chrono::seconds retry_after{0};  // 0: none
};

// A request that waits for its answer, on any thread. Destroyed without one, it is answered with 503.
class HttpExchange {
 public:
  HttpExchange(Host host, aorta_http_exchange* raw) : host_(host), raw_(raw) {}
  HttpExchange(HttpExchange&& other) noexcept : host_(other.host_), raw_(std::exchange(other.raw_, nullptr)) {}
  HttpExchange& operator=(HttpExchange&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~HttpExchange() {
    if (raw_) answer({.status = 503});
  }

  // Once.
  void answer(const HttpAnswer& answer) {
    aorta_http_answer raw{
        sizeof(aorta_http_answer),
        answer.status,
        to_abi(answer.content_type),
        to_abi(answer.body),
        static_cast<std::uint32_t>(answer.retry_after.count()),
        0};
    const auto* routes = host_.ask<aorta_http_routes>(AORTA_HTTP_ROUTES_ID);
    if (routes && raw_) routes->answer(host_.raw(), std::exchange(raw_, nullptr), &raw);
  }

 private:
  Host host_;
  aorta_http_exchange* raw_;
};

// A path of the listener, as long as it lives. Made in start(): throws where the path is taken or there is no listener.
class HttpRoute {
 public:
  struct Options {
    std::string path;
    std::string bearer_token = {};  // empty: anybody may ask
    std::uint64_t max_body_bytes = 1 << 20;
    std::uint64_t max_unpacked_bytes = 1 << 20;
  };
  // On a thread of the host's, one request at a time: it must neither wait nor throw.
  using Ask = std::function<void(HttpExchange exchange, const HttpRequest& request)>;

  HttpRoute(Host host, Options options, Ask ask) : host_(host), options_(std::move(options)), ask_(std::move(ask)) {
    aorta_http_route raw{
        sizeof(aorta_http_route),
        0,
        to_abi(options_.path),
        {},
        options_.max_body_bytes,
        options_.max_unpacked_bytes,
        this,
        &asked};
    if (!options_.bearer_token.empty()) raw.bearer_token = to_abi(options_.bearer_token);
    if (routes().open(host_.raw(), &raw) != AORTA_OK) throw host_.last_failure();
  }
  // Waits for a call that is under way: hold no lock that it needs.
  ~HttpRoute() { routes().close(host_.raw(), to_abi(options_.path)); }
  HttpRoute(const HttpRoute&) = delete;
  HttpRoute& operator=(const HttpRoute&) = delete;

 private:
  const aorta_http_routes& routes() const { return host_.need<aorta_http_routes>(AORTA_HTTP_ROUTES_ID); }
  static void asked(void* self, aorta_http_exchange* exchange, const aorta_http_request* request) noexcept {
    auto& route = *static_cast<HttpRoute*>(self);
    route.ask_(HttpExchange(route.host_, exchange), HttpRequest(*request));
  }

  Host host_;
  Options options_;
  Ask ask_;
};

}  // namespace aorta
