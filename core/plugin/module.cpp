#include "core/plugin/module.hpp"

#include <elf.h>

#define BOOST_DLL_USE_STD_FS
#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "core/plugin/library_file.hpp"

namespace aorta::plugin {
namespace {

#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#else
#error "say here which ELF machine this is"
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeepLoaded = true;
#elif defined(__has_feature)
constexpr bool kKeepLoaded = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kKeepLoaded = false;
#endif

Error refused(const std::filesystem::path& library, const std::string& why) {
  return Error("plugin-refused", library.string() + ": " + why);
}

std::string abi_text(int major, int minor) { return std::to_string(major) + "." + std::to_string(minor); }

bool is_shared_library(std::ifstream& in) {
  Elf64_Ehdr header{};
  if (!in.read(reinterpret_cast<char*>(&header), sizeof header)) return false;
  return std::string_view(reinterpret_cast<const char*>(header.e_ident), SELFMAG) == ELFMAG &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_DYN && header.e_machine == kMachine;
}

Result<void> check_abi(const std::filesystem::path& path, const aorta_module& module) {
  std::string host = abi_text(AORTA_ABI_MAJOR, AORTA_ABI_MINOR);
  if (module.abi_major != AORTA_ABI_MAJOR) {
    std::string theirs = abi_text(module.abi_major, module.abi_minor);
    return refused(path, "built for ABI " + theirs + ", but this host has " + host + "; build it against this SDK");
  }
  if (module.abi_min_minor > AORTA_ABI_MINOR) {
    std::string theirs = abi_text(module.abi_major, module.abi_min_minor);
    return refused(path, "needs ABI " + theirs + " or newer, but this host has " + host + "; use a newer host");
  }
  if (module.size < sizeof(aorta_module)) return refused(path, "its aorta_module_v1 is too small to be one");
  return {};
}

Result<void> check_manifest(const std::filesystem::path& path, const aorta_module& module, std::string_view manifest) {
  aorta_str text = module.manifest();
  if (text.data && std::string_view(text.data, text.size) == manifest) return {};
  return refused(path, "its manifest differs from the file beside it; write that anew with aorta-manifest");
}

struct InMemory {
  LibraryFile file;
  std::weak_ptr<Module> module;
};

std::vector<InMemory>& in_memory() {
  static std::vector<InMemory> all;
  all.erase(
      std::remove_if(all.begin(), all.end(), [](const InMemory& one) { return one.module.expired(); }), all.end()
  );
  return all;
}

// The loader would give what it has of this file, which is neither the old nor the new one any more.
Result<void> check_place(const std::filesystem::path& path, const LibraryFile& file) {
  for (const InMemory& one : in_memory()) {
    if (file.has_place_of(one.file) && !(file == one.file))
      return refused(path, "was written into while it is in use; put a new library in its place by renaming (mv)");
  }
  return {};
}

}  // namespace

class Module::Library : public boost::dll::shared_library {
  using boost::dll::shared_library::shared_library;
};

// Looked at before it is opened: to open a pipe is to wait for whoever writes to it.
Result<void> check_file(const std::filesystem::path& library) {
  std::error_code failed;
  auto status = std::filesystem::status(library, failed);
  if (failed || !std::filesystem::is_regular_file(status)) return refused(library, "is no file that can be read");
  std::ifstream in(library, std::ios::binary);
  if (!in) return refused(library, "cannot be read");
  auto by_others = std::filesystem::perms::group_write | std::filesystem::perms::others_write;
  if ((status.permissions() & by_others) != std::filesystem::perms::none)
    return refused(library, "others may write to it; run: chmod go-w " + library.string());
  if (!is_shared_library(in)) return refused(library, "is no shared library for this machine");
  return {};
}

Module::Module(std::filesystem::path path, std::unique_ptr<Library> library, const aorta_module* api)
    : path_(std::move(path)), library_(std::move(library)), api_(api) {}

Module::~Module() {
  if constexpr (kKeepLoaded) {
    static auto* kept = new std::vector<std::unique_ptr<Library>>;  // reachable: no leak
    kept->push_back(std::move(library_));
  }
}

Result<std::shared_ptr<Module>> Module::load(const std::filesystem::path& path, std::string_view manifest) {
  AORTA_CHECK(check_file(path));
  LibraryFile file = look_at(path);
  AORTA_CHECK(check_place(path, file));
  std::unique_ptr<Library> library;
  try {
    auto mode = boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local;
    library = std::make_unique<Library>(loading_name(path, file), mode);
  } catch (const std::exception& e) {
    return refused(path, std::string("cannot be loaded: ") + e.what());
  }
  if (!library->has(AORTA_MODULE_SYMBOL))
    return refused(path, "exports no " AORTA_MODULE_SYMBOL "; it is no plugin of Aorta");
  const auto& api = library->get<const aorta_module>(AORTA_MODULE_SYMBOL);
  AORTA_CHECK(check_abi(path, api));
  AORTA_CHECK(check_manifest(path, api, manifest));
  std::shared_ptr<Module> module(new Module(path, std::move(library), &api));
  in_memory().push_back({file, module});
  return module;
}

}  // namespace aorta::plugin
