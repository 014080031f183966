// Configuration schemas: the subset of JSON Schema that plugin manifests use, and the check of a Value against one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/config/value.hpp"

namespace aorta::config {

struct SchemaNode;

// The files that a configuration names, as far as its schema says what they are for.
struct ConfigFiles {
  struct Named {
    std::string member;  // "sinks.x.config.mapping"
    std::string file;
    Position position;
  };
  std::vector<std::string> mappings;  // what they say stands in the configuration
  std::vector<std::string> read;      // by the plugin itself, when it is made or started
  std::vector<Named> observations;    // of these, the FHIR mappings after which it writes Observations
  bool standard_input = false;        // messages come from there
};

// Where a value stands that is checked.
struct Place {
  std::string file;              // for diagnostics
  std::string path;              // dotted: "sources.in.config"; empty: the root
  std::string folder;            // relative paths count from here
  ConfigFiles* files = nullptr;  // where they are added; nullptr: those that the plugin reads need not be there
};

// Keywords: type (one or a list), properties, required, default, enum, minimum, maximum, minItems, items,
// additionalProperties (false unless given: true, or a schema), description, examples, title, $schema, and
// x-aorta-format: duration, bytes, path, secret, mapping (a file, JSON or YAML, whose schema is x-aorta-content), and
// x-aorta-reads of a path: settings, observations, messages (docs/reference/manifest.md). Others are refused, but for
// those that begin with x-: they tell hosts what they can do without. Immutable, cheap to copy.
class Schema {
 public:
  // Reason of failure: "bad-schema", with the place in the schema.
  static Result<Schema> parse(std::string_view json);

  // The value as canonical JSON: properties in the schema's order (further ones behind them, in file order), defaults
  // filled in, durations as integer milliseconds, sizes as integer bytes, paths made absolute or relative to the
  // working directory ("-" stays: standard streams), in place of a mapping file's path what the file says. Strings that
  // came from a reference may stand for numbers and booleans. All errors are added to `problems`; the text returned is
  // of use only if there were none.
  std::string canonical(const Value& value, const Place& place, Diagnostics& problems) const;

 private:
  explicit Schema(std::shared_ptr<const SchemaNode> root) : root_(std::move(root)) {}
  std::shared_ptr<const SchemaNode> root_;
};

}  // namespace aorta::config
