#include "core/base/secret_file.hpp"

#include <catch2/catch.hpp>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
namespace fs = std::filesystem;

TEST_CASE("secret file: it is read anew when it was written anew", "[base]") {
  test::Folder folder;
  fs::path path = folder.write("key", "first\n");
  SecretFile file(path.string());
  CHECK(*file.text() == "first\n");
  folder.write("key", "second");
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK(*file.text() == "second");
}

TEST_CASE("secret file: two changes within a tick are found by who forgets", "[base]") {
  test::Folder folder;
  fs::path path = folder.write("key", "first");
  SecretFile file(path.string());
  auto changed = fs::last_write_time(path);
  CHECK(*file.text() == "first");
  folder.write("key", "second");
  fs::last_write_time(path, changed);
  CHECK(*file.text() == "first");
  file.forget();
  CHECK(*file.text() == "second");
}

TEST_CASE("secret file: what cannot be read is told without its content", "[base]") {
  test::Folder folder;
  fs::path path = folder.write("key", std::string(SecretFile::kMostBytes + 1, 'x'));
  for (const fs::path& one : {path, folder.path(), folder.path() / "missing"}) {
    auto text = SecretFile(one.string()).text();
    REQUIRE(text.has_error());
    CHECK(text.error().reason() == "secret/unavailable");
    CHECK(text.error().retryable());
    CHECK(text.error().message().starts_with(one.string()));
    CHECK(text.error().message().find("xx") == std::string_view::npos);
  }
}

TEST_CASE("secret file: the end of the last line does not count", "[base]") {
  CHECK(without_line_end("a\r\n") == "a");
  CHECK(without_line_end("a\n\n") == "a\n");
  CHECK(without_line_end("a") == "a");
  CHECK(without_line_end("").empty());
}
