#include "tests/fuzz/support/device_mapping.hpp"

#include "core/plugin/templates.hpp"
#include "tests/fuzz/support/property.hpp"

namespace aorta::fuzz {

mapping::DeviceMapping load_mapping(std::string_view text) {
  static plugin::Registry registry({AORTA_PLUGIN_FOLDER});
  static plugin::PluginTemplateFactory factory(registry, {});
  require(registry.find(plugin::Kind::Template, "JsonPathContent") != nullptr, "the template plugins are installed");
  return mapping::load_device_mapping(text, factory);
}

}  // namespace aorta::fuzz
