// A plugin library in memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "aorta/abi/module.h"
#include "core/base/result.hpp"

namespace aorta::plugin {

// What can be said of a library file without running it: it is readable, nobody but its owner may write it, and it is
// an ELF shared library for this machine. Errors: reason "plugin-refused".
Result<void> check_file(const std::filesystem::path& library);

// What a replaced file is told apart by: see library_file.hpp. Unloads the library when the last instance is gone
// (under sanitizers never: their reports need it).
class Module {
 public:
  // Loads after check_file(); then: it exports aorta_module_v1, its ABI major is the host's, it does not ask for a
  // newer minor, and its manifest is the text of the file beside it. A file that took the place of one in memory is
  // loaded beside it; one that was written into while it is in memory is refused. Errors: reason "plugin-refused",
  // naming path and cause. [main]
  static Result<std::shared_ptr<Module>> load(const std::filesystem::path& library, std::string_view manifest);
  ~Module();

  const aorta_module& api() const { return *api_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  class Library;
  Module(std::filesystem::path path, std::unique_ptr<Library> library, const aorta_module* api);

  std::filesystem::path path_;
  std::unique_ptr<Library> library_;
  const aorta_module* api_;
};

}  // namespace aorta::plugin
