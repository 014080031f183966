#include "core/cli/pin_check.hpp"

#include "core/base/text.hpp"
#include "core/plugin/library_digest.hpp"

namespace aorta::cli {
namespace {

using plugin::PluginInfo;

// What is wrong with one that has the pinned id; nothing: it is the pinned one.
std::optional<std::string> difference(const config::PluginPin& pin, const plugin::ModuleInfo& module) {
  std::string place = " (" + module.library.string() + ")";
  if (!pin.version.empty() && module.version != pin.version)
    return "version " + module.version + " is installed" + place + ", and not " + pin.version +
           ": install that one, or change the pin";
  if (pin.sha256.empty()) return std::nullopt;
  auto digest = plugin::library_digest(module.library);
  if (digest.has_error()) return std::string(digest.error().message());
  if (equals_ignoring_ascii_case(*digest, pin.sha256)) return std::nullopt;
  return "the library that is installed" + place + " has the SHA-256 " + *digest +
         ", and not the pinned one: install the right one, or change the pin";
}

void check(Examined& out, const config::PluginPin& pin) {
  auto report = [&](const std::string& what) {
    out.findings.push_back(
        {Severity::Error, "plugins.pinned." + pin.plugin + ": " + what, out.pipeline.config.file, pin.position, 1, {}}
    );
  };
  bool found = false;
  for (plugin::Kind kind : {plugin::Kind::Source, plugin::Kind::Template, plugin::Kind::Sink}) {
    const PluginInfo* info = out.pipeline.registry->find(kind, pin.plugin);
    if (!info) continue;
    found = true;
    if (auto what = difference(pin, *info->module)) report(*what);
  }
  if (!found) report("no such plugin is installed; see what is there with: aorta plugin list");
}

}  // namespace

bool check_pins(Examined& examined) {
  std::size_t before = examined.findings.size();
  for (const config::PluginPin& pin : examined.pipeline.config.pins) check(examined, pin);
  return examined.findings.size() == before;
}

}  // namespace aorta::cli
