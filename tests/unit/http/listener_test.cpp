#include "core/http/listener.hpp"

#include <catch2/catch.hpp>

#include "core/http/client.hpp"

using namespace aorta;
using namespace aorta::http;

namespace {

Answer echo(const Asked& asked) {
  if (asked.path == "/missing") return {404, "not here", "text/plain"};
  return {200, std::string(asked.method) + " " + std::string(asked.path) + " " + std::string(asked.body), "text/plain"};
}

struct Pair {
  std::unique_ptr<Listener> listener = *Listener::open("127.0.0.1:0", echo);
  std::string url = "http://" + listener->address();
  Client client{*parse_base_url(url), {}, no_authorization()};

  Response ask(Method method, const std::string& path, std::string_view body = {}) {
    Request request{.method = method, .url = url + path, .headers = {}, .body = body, .safe = true};
    return *client.send(request);
  }
};

}  // namespace

TEST_CASE("listener: the handler is given method, path and body", "[http]") {
  Pair pair;
  CHECK(pair.ask(Method::Get, "/metrics?x=1").body == "GET /metrics ");
  CHECK(pair.ask(Method::Post, "/in", "message").body == "POST /in message");
  CHECK(pair.ask(Method::Get, "/missing").status == 404);
}

TEST_CASE("listener: a body beyond the limit is not taken", "[http]") {
  Pair pair;
  std::string body(100'000, 'x');
  Request request{.method = Method::Post, .url = pair.url + "/in", .headers = {}, .body = body, .safe = false};
  CHECK(pair.client.send(request)->status == 413);
  CHECK(pair.ask(Method::Get, "/").status == 200);
}

TEST_CASE("listener: what is no address, or is taken, is told", "[http]") {
  CHECK(Listener::open("localhost", echo).error().reason() == "cannot-listen");
  CHECK(Listener::open("127.0.0.1:70000", echo).error().reason() == "cannot-listen");
  Pair pair;
  auto second = Listener::open(pair.listener->address(), echo);
  REQUIRE(second.has_error());
  CHECK(second.error().message().find(pair.listener->address()) != std::string_view::npos);
}
