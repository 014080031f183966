#include "core/config/text_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace aorta;
using namespace aorta::config;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::path(AORTA_BINARY_DIR) / ("text_file_test." + std::to_string(getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("text file: read whole, bounded, and only if it is a file", "[config]") {
  Folder folder;
  std::string path = folder.path / "f";
  CHECK(read_text_file(path, 10).error().reason() == "file-missing");
  std::ofstream(path) << "0123456789";
  CHECK(*read_text_file(path, 10) == "0123456789");
  CHECK(read_text_file(path, 9).error().reason() == "file-too-large");
  CHECK(read_text_file(path, 9).error().file() == path);
  CHECK(read_text_file(path + "/below", 9).error().reason() == "file-missing");
  CHECK(read_text_file(folder.path, 9).error().message().find("folder") != std::string_view::npos);
  std::string pipe = folder.path / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_text_file(pipe, 9).error().reason() == "file-unreadable");
}
