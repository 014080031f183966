// A folder of its own for a test, into which built plugin libraries are put.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace aorta::test {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "aorta-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// What tests/abi/CMakeLists.txt has built.
inline std::filesystem::path built(const std::string& name) {
  return std::filesystem::path(AORTA_BINARY_DIR) / "tests/abi" / name;
}

// The library `name` in `folder`, with `manifest` beside it.
inline std::filesystem::path install(const Folder& folder, const std::string& name, const std::string& manifest) {
  std::filesystem::path library = folder.path() / (name + ".so");
  std::filesystem::copy_file(built(name + ".so"), library, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::permissions(
      library, std::filesystem::perms::group_write | std::filesystem::perms::others_write,
      std::filesystem::perm_options::remove
  );
  folder.write(name + ".manifest.json", manifest);
  return library;
}

// What counter.c says of itself.
inline const std::string kCounterManifest =
    R"({"manifest":1,"name":"counter","version":"1.0.0","abi":{"major":1,"minor":0},"built_with":"C11",)"
    R"("plugins":[{"id":"test.counter","kind":"source","summary":"Counts to five",)"
    R"("config":{"type":"object","properties":{},"required":[],"additionalProperties":false}}]})"
    "\n";

}  // namespace aorta::test
