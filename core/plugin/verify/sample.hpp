// Configurations to try a plugin with: made from its schema, or given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::plugin::verify {

// Messages that sample sources read and template types are applied to.
const std::vector<std::string>& odd_messages();

// Canonical JSON that fits the schema: required members from their first example, or made up after their type; all
// others by default. A required path is that of `sample_file`. Reason of failure:
// "bad-schema", or "bad-manifest" where what is made up does not fit.
Result<std::string> sample_config(const std::string& schema, const std::string& sample_file);
// A configuration that was given, with the defaults of members that it leaves out.
std::string with_defaults(const std::string& schema, const std::string& config);
// One per example in the schema: `config`, as a plugin is given it, with this one member changed. Each has to be
// accepted.
Result<std::vector<std::string>> example_configs(const std::string& schema, const std::string& config);

struct Mutation {
  std::string what;  // "path: a number"
  std::string config;
};
// `config` with one member changed, taken away or added.
std::vector<Mutation> mutations(const std::string& config);

}  // namespace aorta::plugin::verify
