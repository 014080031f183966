// A plugin library, opened for a test as the host opens it.
#pragma once

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "aorta/abi/module.h"
#include "aorta/str.hpp"

namespace aorta::testing {

// Closed when it goes; every instance must be gone by then.
class Library {
 public:
  // Throws std::runtime_error where it cannot be loaded, or is no plugin library of this ABI's major.
  explicit Library(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (!handle_) throw std::runtime_error(dlerror());
    module_ = static_cast<const aorta_module*>(dlsym(handle_, AORTA_MODULE_SYMBOL));
    if (!module_) throw std::runtime_error(path + " exports no " AORTA_MODULE_SYMBOL);
    if (module_->abi_major != AORTA_ABI_MAJOR) throw std::runtime_error(path + " is built for another ABI major");
  }
  // A module that is linked into the test itself.
  explicit Library(const aorta_module& module) : module_(&module) {}
  ~Library() {
    if (handle_) dlclose(handle_);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const aorta_module& module() const { return *module_; }
  std::string manifest() const { return std::string(view(module_->manifest())); }

 private:
  void* handle_ = nullptr;
  const aorta_module* module_ = nullptr;
};

}  // namespace aorta::testing
