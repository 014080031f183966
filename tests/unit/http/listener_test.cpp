#include "core/http/listener.hpp"

#include <catch2/catch.hpp>
#include <thread>

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

TEST_CASE("listener: a route takes its path, and gives it back", "[http]") {
  Pair pair;
  Route route;
  route.path = "/in";
  route.ask = [](std::unique_ptr<Exchange> exchange, const Asked& asked) {
    exchange->answer({202, "route " + std::string(asked.query) + " " + std::string(asked.field("content-type"))});
  };
  REQUIRE(pair.listener->add(route).has_value());
  CHECK(pair.listener->add(route).error().reason() == "route-taken");
  Request request{
      .method = Method::Post,
      .url = pair.url + "/in?a=b",
      .headers = {{"Content-Type", "text/x"}},
      .body = "1",
      .safe = true};
  CHECK(pair.client.send(request)->body == "route a=b text/x");
  CHECK(pair.ask(Method::Post, "/in/deeper", "x").body == "POST /in/deeper x");
  pair.listener->remove("/in");
  pair.listener->remove("/in");
  CHECK(pair.ask(Method::Post, "/in", "x").body == "POST /in x");
}

TEST_CASE("listener: in a gap a path that was removed is one to come again to", "[http]") {
  auto listener = *Listener::open("127.0.0.1:0", Handler());
  std::string url = "http://" + listener->address();
  auto status = [&](const std::string& path) {
    ClientOptions once;
    once.tries = 1;
    Client client(*parse_base_url(url), once, no_authorization());
    auto answer = client.send({.method = Method::Post, .url = url + path, .headers = {}, .body = "1", .safe = true});
    if (answer.has_value()) return answer->status;
    return answer.error().message().find("503") == std::string_view::npos ? 0 : 503;  // as the client tells it
  };
  Route route;
  route.path = "/in";
  route.ask = [](std::unique_ptr<Exchange> exchange, const Asked&) { exchange->answer({202, ""}); };
  REQUIRE(listener->add(route).has_value());
  {
    Listener::Gap outer(*listener), inner(*listener);
    CHECK(status("/in") == 202);
    listener->remove("/in");
    CHECK(status("/in") == 503);
    CHECK(status("/elsewhere") == 404);
    REQUIRE(listener->add(route).has_value());
    CHECK(status("/in") == 202);
    listener->remove("/in");
  }
  CHECK(status("/in") == 404);
  REQUIRE(listener->add(route).has_value());
  listener->remove("/in");
  CHECK(status("/in") == 404);
}

TEST_CASE("listener: an answer may come later, from another thread, or not at all", "[http]") {
  Pair pair;
  std::thread later;
  Route route;
  route.path = "/later";
  route.ask = [&](std::unique_ptr<Exchange> exchange, const Asked& asked) {
    if (asked.body == "never") return;
    later = std::thread([held = std::move(exchange)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      held->answer({200, "at last"});
    });
  };
  REQUIRE(pair.listener->add(route).has_value());
  CHECK(pair.ask(Method::Post, "/later", "once").body == "at last");
  later.join();
  Request never{.method = Method::Post, .url = pair.url + "/later", .headers = {}, .body = "never", .safe = false};
  auto answer = pair.client.send(never);
  REQUIRE(answer.has_error());  // the client's way to tell a 503
  CHECK(answer.error().message().find("503") != std::string_view::npos);
}

TEST_CASE("listener: who does not know the token is refused before the body is read", "[http]") {
  Pair pair;
  Route route;
  route.path = "/in";
  route.bearer_token = "secret";
  route.max_body_bytes = 10;
  route.ask = [](std::unique_ptr<Exchange> exchange, const Asked&) { exchange->answer({200, "known"}); };
  REQUIRE(pair.listener->add(route).has_value());
  CHECK(pair.ask(Method::Post, "/in", std::string(1000, 'x')).status == 401);
  Request request{
      .method = Method::Post,
      .url = pair.url + "/in",
      .headers = {{"Authorization", "Bearer secret"}},
      .body = "x",
      .safe = true};
  CHECK(pair.client.send(request)->body == "known");
  std::string long_body(1000, 'x');
  request.body = long_body;
  CHECK(pair.client.send(request)->status == 413);
}
