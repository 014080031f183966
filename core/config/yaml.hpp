// YAML files read strictly: no key twice, no number that readers disagree about, no merge keys, bounded size, depth and
// aliases.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/diagnostic.hpp"
#include "core/config/value.hpp"

namespace aorta::config {

inline constexpr std::size_t kMaxYamlBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMaxYamlDepth = 64;
inline constexpr std::size_t kMaxYamlFaults = 100;
inline constexpr std::size_t kMaxYamlNodes = 200'000;          // aliases count as what they stand for
inline constexpr std::size_t kMaxYamlText = 16 * 1024 * 1024;  // bytes of all scalars, likewise

struct YamlFile {
  std::string path;
  std::string text;  // without byte order mark
  Value root;
};

// One document. Errors are added to `problems` with place and width; a syntax error ends the reading, the others do
// not. Nothing: there is no tree.
std::optional<Value> parse_yaml(const std::string& path, std::string_view text, Diagnostics& problems);

// Folders, missing and unreadable files are errors without a place. The text is kept even where it is no YAML, for the
// excerpts.
YamlFile read_yaml(const std::string& path, Diagnostics& problems);

}  // namespace aorta::config
