// Which plugins are installed. Listing reads manifests (docs/reference/manifest.md) and runs no vendor code; load()
// does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/plugin/library_file.hpp"

namespace aorta::plugin {

class Module;

enum class Kind : std::uint8_t { Source, Template, Sink };
// "source", "template", "sink"
std::string_view kind_name(Kind kind);

// A library and what its manifest says of it.
struct ModuleInfo {
  std::filesystem::path library;
  LibraryFile file;  // as its manifest was read
  std::string name;
  std::string version;
  std::string built_with;
  int abi_major = 0;
  int abi_minor = 0;
  std::string manifest;  // the whole text
};

struct PluginInfo {
  std::string id;
  Kind kind = Kind::Source;
  std::string summary;
  std::vector<std::string> spellings;  // further ids it answers to (template types)
  std::string config_schema;           // JSON Schema of its configuration
  std::shared_ptr<const ModuleInfo> module;
};

// A library that is not used, and why.
struct Refused {
  std::filesystem::path library;
  Error why;
};

// Not thread-safe. Instances made from it may outlive it.
class Registry {
 public:
  // Reads the manifests of all folders, in order; what an earlier folder offers, a later one cannot replace.
  // A folder that is missing or unreadable counts as refused.
  explicit Registry(std::vector<std::filesystem::path> folders);
  ~Registry();
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;

  // AORTA_PLUGIN_PATH (colon-separated), then `extra` (of the pipeline file), then lib/aorta/plugins beside the folder
  // of the executable.
  static std::vector<std::filesystem::path> default_folders(const std::vector<std::filesystem::path>& extra = {});

  // As they were given.
  const std::vector<std::filesystem::path>& folders() const { return folders_; }
  // Sorted by kind, then id.
  const std::vector<PluginInfo>& plugins() const { return plugins_; }
  const std::vector<Refused>& refused() const { return refused_; }

  // Sources and sinks by id, exactly; templates by id or spelling, ASCII case ignored. nullptr: not installed.
  const PluginInfo* find(Kind kind, std::string_view id) const;
  // As find(); the error names the nearest id, or why the library that carries it was refused. Reason
  // "plugin-not-found".
  Result<const PluginInfo*> need(Kind kind, std::string_view id) const;

  // The library behind a plugin, loaded and checked once (module.hpp says how); one that is not of the installation
  // only after a trial (trial.hpp). Reason "plugin-refused".
  Result<std::shared_ptr<Module>> load(const PluginInfo& plugin);

 private:
  void read_folder(const std::filesystem::path& folder);
  void read_library(const std::filesystem::path& library);
  Result<void> adopt(const std::filesystem::path& library);

  std::vector<std::filesystem::path> folders_;
  std::vector<PluginInfo> plugins_;
  std::vector<Refused> refused_;
  std::map<std::filesystem::path, std::shared_ptr<Module>> loaded_;
};

}  // namespace aorta::plugin
