#include "core/plugin/registry.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "aorta/abi/types.h"
#include "core/base/text.hpp"
#include "core/plugin/manifest.hpp"
#include "core/plugin/module.hpp"
#include "core/plugin/trial.hpp"

namespace aorta::plugin {
namespace {

namespace fs = std::filesystem;

Error refusal(const fs::path& what, const std::string& why) {
  return Error("plugin-refused", what.string() + ": " + why);
}

std::vector<fs::path> split_path(std::string_view text) {
  std::vector<fs::path> out;
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(':'));
    if (!part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return out;
}

constexpr std::uintmax_t kMostManifest = 16 * 1024 * 1024;

fs::path manifest_path(fs::path library) { return library.replace_extension(".manifest.json"); }

Result<std::string> read_sidecar(const fs::path& library) {
  fs::path path = manifest_path(library);
  std::error_code failed;
  bool readable = fs::is_regular_file(path, failed) && fs::file_size(path, failed) <= kMostManifest && !failed;
  std::ifstream in;
  if (readable) in.open(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!readable || in.bad() || text.empty())
    return refusal(library, "there is no " + path.filename().string() + " beside it; write it with aorta-manifest");
  return text;
}

// Those of the installation need no trial.
fs::path own_folder() {
  std::error_code failed;
  return fs::read_symlink("/proc/self/exe", failed).parent_path().parent_path() / "lib/aorta/plugins";
}

bool is_of_installation(const fs::path& library) {
  std::error_code failed;
  return fs::equivalent(library.parent_path(), own_folder(), failed);
}

bool answers_to(const PluginInfo& plugin, Kind kind, std::string_view id) {
  if (plugin.kind != kind) return false;
  if (kind != Kind::Template) return plugin.id == id;
  auto same = [&](std::string_view name) { return equals_ignoring_ascii_case(name, id); };
  return same(plugin.id) || std::any_of(plugin.spellings.begin(), plugin.spellings.end(), same);
}

}  // namespace

std::string_view kind_name(Kind kind) {
  static constexpr std::string_view kNames[] = {"source", "template", "sink"};
  return kNames[static_cast<std::size_t>(kind)];
}

Registry::Registry(std::vector<fs::path> folders) : folders_(std::move(folders)) {
  std::vector<fs::path> seen;
  for (const fs::path& folder : folders_) {
    std::error_code ignored;
    fs::path real = fs::weakly_canonical(folder, ignored);
    if (std::find(seen.begin(), seen.end(), real) != seen.end()) continue;
    seen.push_back(real);
    read_folder(folder);
  }
  std::sort(plugins_.begin(), plugins_.end(), [](const PluginInfo& a, const PluginInfo& b) {
    return std::pair(a.kind, std::string_view(a.id)) < std::pair(b.kind, std::string_view(b.id));
  });
}

Registry::~Registry() = default;
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;

std::vector<fs::path> Registry::default_folders(const std::vector<fs::path>& extra) {
  const char* configured = std::getenv("AORTA_PLUGIN_PATH");
  std::vector<fs::path> out = split_path(configured ? configured : "");
  out.insert(out.end(), extra.begin(), extra.end());
  std::error_code failed;
  fs::path own = own_folder();
  if (fs::is_directory(own, failed)) out.push_back(own);
  return out;
}

void Registry::read_folder(const fs::path& folder) {
  std::error_code failed;
  std::vector<fs::path> libraries;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    if (it->path().extension() == ".so") libraries.push_back(it->path());
  }
  if (failed) refused_.push_back({folder, refusal(folder, "cannot be read as a folder: " + failed.message())});
  std::sort(libraries.begin(), libraries.end());
  for (const fs::path& library : libraries) read_library(library);
}

void Registry::read_library(const fs::path& library) {
  if (auto adopted = adopt(library); adopted.has_error()) refused_.push_back({library, adopted.error()});
}

Result<void> Registry::adopt(const fs::path& library) {
  AORTA_CHECK(check_file(library));
  LibraryFile file = look_at(library);
  AORTA_TRY(text, read_sidecar(library));
  auto read = read_manifest(text);
  if (read.has_error()) return refusal(library, std::string(read.error().message()));
  if (read->module.abi_major != AORTA_ABI_MAJOR)
    return refusal(
        library, "built for ABI major " + std::to_string(read->module.abi_major) + ", this host has " +
                     std::to_string(AORTA_ABI_MAJOR)
    );
  for (const PluginInfo& plugin : read->plugins) {
    for (const PluginInfo& other : plugins_) {
      if (answers_to(other, plugin.kind, plugin.id))
        return refusal(
            library, std::string(kind_name(plugin.kind)) + " \"" + plugin.id + "\" is already there, from " +
                         other.module->library.string()
        );
    }
  }
  read->module.library = library;
  read->module.file = file;
  auto module = std::make_shared<const ModuleInfo>(std::move(read->module));
  for (PluginInfo& plugin : read->plugins) {
    plugin.module = module;
    plugins_.push_back(std::move(plugin));
  }
  return {};
}

const PluginInfo* Registry::find(Kind kind, std::string_view id) const {
  auto found =
      std::find_if(plugins_.begin(), plugins_.end(), [&](const PluginInfo& p) { return answers_to(p, kind, id); });
  return found == plugins_.end() ? nullptr : &*found;
}

Result<const PluginInfo*> Registry::need(Kind kind, std::string_view id) const {
  if (const PluginInfo* found = find(kind, id)) return found;
  std::string message = "no " + std::string(kind_name(kind)) + " plugin \"" + std::string(id) + "\" is installed";
  std::vector<std::string> known;
  for (const PluginInfo& plugin : plugins_) {
    if (plugin.kind == kind) known.push_back(plugin.id);
  }
  if (std::string hint = did_you_mean(id, known); !hint.empty()) {
    message += hint;
  } else if (!refused_.empty()) {
    message += "; " + std::to_string(refused_.size()) +
               " libraries were refused, the first: " + std::string(refused_.front().why.message());
  } else {
    message += "; see what is there with: aorta plugin list";
  }
  return Error("plugin-not-found", std::move(message));
}

Result<std::shared_ptr<Module>> Registry::load(const PluginInfo& plugin) {
  std::shared_ptr<Module>& loaded = loaded_[plugin.module->library];
  if (!loaded) {
    if (!is_of_installation(plugin.module->library)) AORTA_CHECK(survive_loading(plugin.module->library));
    AORTA_TRY(module, Module::load(plugin.module->library, plugin.module->manifest));
    loaded = std::move(module);
  }
  return loaded;
}

}  // namespace aorta::plugin
