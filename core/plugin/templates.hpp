// Template plugins behind mapping::TemplateFactory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mapping/device_mapping.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/surroundings.hpp"

namespace aorta::plugin {

// Makes one plugin instance per entry of a mapping. The registry must outlive the factory and all templates made.
// [main]
class PluginTemplateFactory : public mapping::TemplateFactory {
 public:
  PluginTemplateFactory(Registry& registry, Surroundings surroundings)
      : registry_(registry), surroundings_(std::move(surroundings)) {}

  Made make(
      std::string_view type, document::Document& file, const document::Node& body,
      std::vector<mapping::Problem>& problems
  ) override;
  std::string canonical(std::string_view type) const override;

 private:
  Registry& registry_;
  Surroundings surroundings_;
};

}  // namespace aorta::plugin
