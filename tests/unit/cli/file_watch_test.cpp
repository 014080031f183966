#include "core/cli/file_watch.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/temporary_folder.hpp"

using namespace aorta;
using namespace std::chrono_literals;

namespace {

void write(const std::filesystem::path& file, std::string_view text) { std::ofstream(file) << text; }

}  // namespace

TEST_CASE("file watch: a change is told once, when it has come to rest", "[cli]") {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "mapping.json";
  write(file, "{}");
  cli::FileWatch watch({file.string()});
  cli::FileWatch::Clock::time_point now{};
  CHECK_FALSE(watch.changed(now += 1s));
  write(file, "{ ");
  CHECK_FALSE(watch.changed(now += 1s));
  write(file, "{ }");
  CHECK_FALSE(watch.changed(now += 1s));
  CHECK_FALSE(watch.changed(now += 1ms));
  CHECK(watch.changed(now += 1s));
  CHECK_FALSE(watch.changed(now += 1s));
}

TEST_CASE("file watch: a file that goes and comes again has changed", "[cli]") {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "mapping.json";
  write(file, "{}");
  cli::FileWatch watch({file.string()});
  cli::FileWatch::Clock::time_point now{};
  std::filesystem::remove(file);
  watch.changed(now += 1s);
  CHECK(watch.changed(now += 1s));
  write(file, "{}");
  watch.changed(now += 1s);
  CHECK(watch.changed(now += 1s));
}
