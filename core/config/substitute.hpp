// References in strings: ${env:NAME}, ${env:NAME:-default}, ${file:/path}, and $${ for a literal ${. Resolved after
// parsing, so that nothing in a variable can change the structure, and never in keys or comments.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/diagnostic.hpp"
#include "core/config/yaml.hpp"

namespace aorta::config {

inline constexpr std::size_t kMaxReferencedFile = 64 * 1024;

// An environment variable by name; nothing: not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_variable(const std::string& name);

// Replaces the references in all strings below the root and marks those strings as from_reference. Relative files count
// from the folder of `file`. What cannot be resolved is an error that names the key and the reference, never its
// content.
void substitute(YamlFile& file, const Variables& variables, Diagnostics& problems);

}  // namespace aorta::config
