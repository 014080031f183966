#include "core/journal/letter_file.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace aorta;
using namespace aorta::journal;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::path(AORTA_BINARY_DIR) / ("letter_file_test." + std::to_string(getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("letter file: what is not its own is refused and left as it is", "[journal]") {
  Folder folder;
  std::string text = folder.path / "notes.txt";
  std::ofstream(text) << "not a database";
  CHECK(open_letter_file(text).error().reason() == "dead-letters-not-a-database");
  CHECK(open_letter_file(text).error().message().find(text) != std::string_view::npos);
  CHECK(fs::file_size(text) == 14);

  std::string store = folder.path / "store.db";
  {
    auto other = sqlite::Database::open(store, sqlite::Database::Mode::Write);
    REQUIRE(other->run("CREATE TABLE t (a); PRAGMA application_id = 7").has_value());
  }
  CHECK(open_letter_file(store).error().reason() == "dead-letters-foreign");
  CHECK(read_letter_file(store).error().reason() == "dead-letters-foreign");
  CHECK(open_letter_file(folder.path).error().reason() == "dead-letters-not-a-database");
}

TEST_CASE("letter file: an empty file is made one, a missing one cannot be read", "[journal]") {
  Folder folder;
  std::string path = folder.path / "letters.db";
  CHECK(read_letter_file(path).error().reason() == "dead-letters-missing");
  std::ofstream(path).close();
  CHECK(read_letter_file(path).error().reason() == "dead-letters-missing");
  CHECK(open_letter_file(path).has_value());
  CHECK(open_letter_file(path).has_value());
  CHECK(read_letter_file(path).has_value());
}

TEST_CASE("letter file: a newer version is not touched", "[journal]") {
  Folder folder;
  std::string path = folder.path / "letters.db";
  {
    auto db = open_letter_file(path);
    REQUIRE(db->run("PRAGMA user_version = 99").has_value());
  }
  CHECK(open_letter_file(path).error().message().find("newer Aorta") != std::string_view::npos);
}

TEST_CASE("letter file: where nothing can be written, the error says where", "[journal]") {
  Result<sqlite::Database> opened = open_letter_file("/proc/nowhere/letters.db");
  REQUIRE(opened.has_error());
  CHECK(opened.error().message().find("/proc/nowhere/letters.db") != std::string_view::npos);
}
