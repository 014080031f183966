#include "tests/fuzz/support/device_mapping.hpp"

#include "core/plugin/templates.hpp"
#include "tests/fuzz/support/property.hpp"

namespace aorta::fuzz {

mapping::DeviceMapping load_mapping(std::string_view text) {
  // Never destroyed: at the process's end a sanitizer's build keeps libraries loaded, which would count as a leak.
  static plugin::Registry& registry = *new plugin::Registry({AORTA_PLUGIN_FOLDER});
  static plugin::PluginTemplateFactory factory(registry, {});
  require(registry.find(plugin::Kind::Template, "JsonPathContent") != nullptr, "the template plugins are installed");
  return mapping::load_device_mapping(text, factory);
}

}  // namespace aorta::fuzz
