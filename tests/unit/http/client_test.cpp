#include "core/http/client.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace std::chrono_literals;

namespace {

http::Client client_for(std::string_view url) {
  http::ClientOptions options;
  options.timeout = 2s;
  return {*http::parse_base_url(url), options, http::no_authorization()};
}

}  // namespace

TEST_CASE("client: nobody there is told as such, for all that was asked", "[http][unit]") {
  http::Client client = client_for("http://127.0.0.1:1/fhir");
  std::vector<http::Request> requests(3, {.url = "http://127.0.0.1:1/fhir/metadata", .safe = true});
  auto answers = client.send_all(requests);
  REQUIRE(answers.size() == 3);
  for (const auto& answer : answers) {
    CHECK(answer.error().reason() == "unreachable");
    CHECK(answer.error().retryable());
    CHECK(answer.error().message().starts_with("the server http://127.0.0.1:1/fhir cannot be reached"));
  }
}

TEST_CASE("client: another origin is not asked", "[http][unit]") {
  http::Client client = client_for("http://127.0.0.1:1/fhir");
  for (const char* url :
       {"http://127.0.0.1:2/fhir", "https://127.0.0.1:1/fhir", "http://127.0.0.1.example.org:1/", "Observation"}) {
    http::Request request{.url = url, .safe = true};
    CHECK(client.send(request).error().reason() == "other-origin");
  }
  CHECK(client.counts().requests == 0);
}
