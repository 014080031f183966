// What the configuration must know of the installed plugins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::config {

enum class PluginKind : std::uint8_t { Source, Sink };

class PluginCatalog {
 public:
  virtual ~PluginCatalog() = default;
  // The schema of a plugin's configuration, JSON text; the error says that it is not installed, or why it is not used.
  virtual Result<std::string> schema(PluginKind kind, std::string_view id) const = 0;
};

}  // namespace aorta::config
