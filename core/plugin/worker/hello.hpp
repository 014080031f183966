// What a new worker is told to be.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin/registry.hpp"
#include "core/plugin/secret_book.hpp"
#include "core/plugin/surroundings.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

struct Hello {
  Kind kind = Kind::Template;
  std::string name;    // as operators know the use
  std::string id;      // of the plugin; templates: empty, the mapping names them
  std::string config;  // canonical JSON; templates: the text of the device mapping
  std::vector<std::filesystem::path> folders;
  std::vector<SecretOrigin> secrets = {};  // of its configuration
};

// What the worker needs for secret/1.
std::vector<SecretOrigin> secrets_of(const Surroundings& surroundings);

std::string payload_of(const Hello& hello);
// Nothing where it is malformed.
Result<Hello> read_hello(std::string_view payload);

}  // namespace aorta::plugin::worker
