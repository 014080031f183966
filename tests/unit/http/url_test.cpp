#include "core/http/url.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("url: every sign of a device that means something in an address is encoded", "[http][unit]") {
  CHECK(http::percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(http::percent_encode("a b/c?d&e=f#g+h%i|j") == "a%20b%2Fc%3Fd%26e%3Df%23g%2Bh%25i%7Cj");
  CHECK(http::percent_encode("ä\r\n") == "%C3%A4%0D%0A");
  CHECK(http::percent_encode(std::string_view("\0", 1)) == "%00");
}

TEST_CASE("url: a base has no slash at its end and a named port", "[http][unit]") {
  auto base = http::parse_base_url("https://FHIR.example.org/r4/");
  REQUIRE(base.has_value());
  CHECK(base->text == "https://FHIR.example.org/r4");
  CHECK(base->origin == "https://fhir.example.org:443");
  CHECK(base->secure);
  CHECK_FALSE(base->loopback);
  CHECK(http::parse_base_url("http://127.0.0.1:8080/fhir")->loopback);
  CHECK(http::parse_base_url("http://[::1]/fhir")->loopback);
}

TEST_CASE("url: only what cannot leave this machine is loopback", "[http][unit]") {
  for (const char* url :
       {"http://127.0.0.1/", "http://127.255.0.9:80/r4", "http://localhost/", "http://LocalHost:1/", "http://[::1]:8/"})
    CHECK(http::parse_base_url(url)->loopback);
  for (const char* url :
       {"http://127.evil.com/", "http://127.0.0.1.evil.com/", "http://127.0.0.evil/", "http://128.0.0.1/",
        "http://localhost.evil.com/", "http://xlocalhost/", "http://[::2]/", "http://[::ffff:10.0.0.1]/"})
    CHECK_FALSE(http::parse_base_url(url)->loopback);
}

TEST_CASE("url: what is no base says why", "[http][unit]") {
  for (const char* text : {"", "fhir.example.org", "ftp://x/y", "file:///etc/passwd", "https://"})
    CHECK(http::parse_base_url(text).error().reason() == "bad-url");
  CHECK(http::parse_base_url("https://u:p@x/y").error().message().find("user") != std::string_view::npos);
  CHECK(http::parse_base_url("https://x/y?z").error().message().find("query") != std::string_view::npos);
}

TEST_CASE("url: origins tell scheme, host and port apart", "[http][unit]") {
  CHECK(http::origin_of("https://x/a") == http::origin_of("https://X:443/b"));
  CHECK(http::origin_of("https://x/") != http::origin_of("http://x/"));
  CHECK(http::origin_of("https://x/") != http::origin_of("https://x:444/"));
  CHECK(http::origin_of("https://x.evil/") != http::origin_of("https://x/"));
  CHECK(http::origin_of("Observation?page=2").empty());
}

TEST_CASE("url: references are read where they stand", "[http][unit]") {
  CHECK(http::resolve("https://x/r4/", "Observation?page=2") == "https://x/r4/Observation?page=2");
  CHECK(http::resolve("https://x/r4/", "/other") == "https://x/other");
  CHECK(http::resolve("https://x/r4/", "https://y/z") == "https://y/z");
}
