#include "core/http/authorizer.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace aorta;
namespace fs = std::filesystem;

TEST_CASE("authorizer: basic is base64 of user and password", "[http][unit]") {
  auto basic = http::basic_authorization("Aladdin", "open sesame");
  CHECK(*basic->value() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK_FALSE(basic->refused("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
  CHECK(http::no_authorization()->value()->empty());
}

TEST_CASE("authorizer: a token file is read anew when it changes", "[http][unit]") {
  fs::path path = fs::path(AORTA_BINARY_DIR) / ("token." + std::to_string(getpid()));
  std::ofstream(path) << "  first\n";
  auto bearer = http::bearer_file_authorization(path.string());
  CHECK(*bearer->value() == "Bearer first");
  std::ofstream(path) << "second\n";
  CHECK(bearer->refused("Bearer first"));
  CHECK(*bearer->value() == "Bearer second");
  CHECK_FALSE(bearer->refused("Bearer second"));
  std::ofstream(path) << "two words\n";
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK(bearer->value().error().reason() == "auth-unavailable");
  CHECK(bearer->value().error().retryable());
  fs::remove(path);
  CHECK(bearer->value().error().reason() == "auth-unavailable");
}
