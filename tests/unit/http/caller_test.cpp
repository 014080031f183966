#include "core/http/caller.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "core/http/listener.hpp"

using namespace aorta;
using namespace aorta::http;
using namespace std::chrono_literals;

namespace {

Answer answer(const Asked& asked) {
  if (asked.path == "/busy") return {503, "later", "text/plain"};
  if (asked.path == "/long") return {200, std::string(100'000, 'x'), "text/plain"};
  if (asked.path == "/bytes") return {200, "a\xFF", "application/octet-stream"};
  if (asked.path == "/moved") return {302, "", "text/plain", {{"Location", "/elsewhere"}}};
  return {200, std::string(asked.method) + " " + std::string(asked.field("x-test")) + " " + std::string(asked.body)};
}

struct Server {
  std::unique_ptr<Listener> listener = *Listener::open("127.0.0.1:0", answer);
  std::string url = "http://" + listener->address();
  Caller caller;

  Result<Response> ask(Request request, Caller::Limits limits = {}) {
    if (request.url.starts_with("/")) request.url = url + request.url;
    return caller.send(request, limits, [] { return false; });
  }
};

std::string_view reason(const Result<Response>& answer) {
  return answer.has_error() ? answer.error().reason() : "none";
}

}  // namespace

TEST_CASE("caller: method, fields and body go out, any status is an answer", "[http]") {
  Server server;
  for (auto [method, name] : std::vector<std::pair<Method, std::string>>{
           {Method::Get, "GET"}, {Method::Post, "POST"}, {Method::Put, "PUT"}, {Method::Delete, "DELETE"}}) {
    Request request{.method = method, .url = "/x?y=1", .headers = {{"X-Test", "1"}}};
    if (method != Method::Get) request.body = "in";
    std::string body = method == Method::Get ? "" : "in";
    auto came = server.ask(request);
    REQUIRE(came.has_value());
    CHECK(came->body == name + " 1 " + body);
  }
  CHECK(server.ask({.url = "/busy"})->status == 503);
  CHECK(server.ask({.url = "/moved"})->status == 302);
  auto head = server.ask({.method = Method::Head, .url = "/x"});
  REQUIRE(head.has_value());
  CHECK(head->body.empty());
}

TEST_CASE("caller: bytes come as they are where they are wanted", "[http]") {
  Server server;
  CHECK(server.ask({.url = "/bytes", .bytes = true})->body == "a\xFF");
  CHECK(server.ask({.url = "/bytes"})->body == "a\xEF\xBF\xBD");
}

TEST_CASE("caller: an answer that is too long, a server that is away", "[http]") {
  Server server;
  CHECK(reason(server.ask({.url = "/long"}, {.max_response_bytes = 99'999})) == "answer-too-large");
  CHECK(server.ask({.url = "/long"}, {.max_response_bytes = 100'000})->body.size() == 100'000);
  auto away = server.ask({.url = "http://127.0.0.1:1/"});
  CHECK(reason(away) == "unreachable");
  CHECK(away.error().retryable());
  CHECK(away.error().message().starts_with("the server http://127.0.0.1:1 cannot be reached"));
}

TEST_CASE("caller: what cannot be sent is not sent", "[http]") {
  Server server;
  for (const char* url :
       {"", "x", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/#part",
        "http://127.0.0.1/\r\nX: y"})
    CHECK(reason(server.ask({.url = url})) == "bad-request");
  for (const Header& header : std::vector<Header>{{"X\r\nY", "1"}, {"X", "1\r\nY: 2"}, {"", "1"}, {"X:", "1"}})
    CHECK(reason(server.ask({.url = "/x", .headers = {header}})) == "bad-request");
}

TEST_CASE("caller: waiting ends when it is cancelled, and at the time limit", "[http]") {
  std::unique_ptr<Listener> listener = *Listener::open("127.0.0.1:0", [](const Asked&) {
    std::this_thread::sleep_for(2s);
    return Answer{200, ""};
  });
  Caller caller;
  Request request{.url = "http://" + listener->address()};
  auto before = std::chrono::steady_clock::now();
  CHECK(reason(caller.send(request, {}, [] { return true; })) == "cancelled");
  CHECK(reason(caller.send(request, {.timeout = 100ms}, [] { return false; })) == "no-answer");
  CHECK(std::chrono::steady_clock::now() - before < 1500ms);
}

TEST_CASE("caller: many threads at once", "[http]") {
  Server server;
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n) answered += server.ask({.url = "/x"}).has_value() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == 120);
}
