#include "core/cli/plugin_sample.hpp"

#include <boost/json.hpp>

#include "core/base/units.hpp"
#include "core/observe/terminal.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;

std::string_view text_of(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  return found && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

const json::array* list_of(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  return found ? found->if_array() : nullptr;
}

// In the place of what nobody but the reader knows.
json::value placeholder(const json::object& property) {
  std::string_view format = text_of(property, "x-aorta-format");
  std::string_view type = text_of(property, "type");
  if (format == "secret") return "${env:SECRET}";
  if (format == "path" || format == "mapping") return "FILE";
  if (format == "duration") return "1s";
  if (format == "bytes") return "1MiB";
  if (const json::value* least = property.if_contains("minimum")) return *least;
  if (type == "integer" || type == "number") return 1;
  if (type == "boolean") return true;
  if (type == "array") return json::array();
  if (type == "object") return json::object();
  return "TEXT";
}

// A default may stand in the schema as the plugin gets it: in milliseconds, in bytes.
json::value as_written(const json::object& property, const json::value& fallback) {
  std::string_view format = text_of(property, "x-aorta-format");
  boost::system::error_code none;
  auto amount = fallback.to_number<std::int64_t>(none);
  if (none || amount < 0) return fallback;
  if (format == "duration") return json::value(duration_text(std::chrono::milliseconds(amount)));
  if (format == "bytes") return json::value(bytes_text(static_cast<std::uint64_t>(amount)));
  return fallback;
}

json::value sample_value(const json::object& property) {
  const json::value* fallback = property.if_contains("default");
  if (fallback && !fallback->is_null()) return as_written(property, *fallback);
  for (std::string_view words : {"examples", "enum"}) {
    const json::array* list = list_of(property, words);
    if (list && !list->empty()) return list->front();
  }
  return placeholder(property);
}

bool is_required(const json::object& schema, std::string_view name) {
  const json::array* required = list_of(schema, "required");
  if (!required) return false;
  for (const json::value& one : *required) {
    if (one.is_string() && std::string_view(one.get_string()) == name) return true;
  }
  return false;
}

const json::object* properties_of(const json::object& schema) {
  const json::value* found = schema.if_contains("properties");
  return found ? found->if_object() : nullptr;
}

std::string in_pipeline(const plugin::PluginInfo& plugin, const json::object& schema) {
  bool sink = plugin.kind == plugin::Kind::Sink;
  std::string out = std::string("In a pipeline file:\n\n") + (sink ? "sinks:\n" : "sources:\n") +
                    "  NAME:\n    plugin: " + observe::printable(plugin.id) + "\n";
  if (sink) out += "    # store: NAME\n";
  const json::object* properties = properties_of(schema);
  if (!properties || properties->empty()) return out;
  out += "    config:\n";
  for (const auto& [name, property] : *properties) {
    if (!property.is_object()) continue;
    const char* mark = is_required(schema, name) ? "      " : "      # ";
    out += mark + observe::printable(name) + ": " + json::serialize(sample_value(property.get_object())) + "\n";
  }
  return out;
}

// What is required; JSON has no comments.
std::string in_mapping(const plugin::PluginInfo& plugin, const json::object& schema) {
  const json::object* properties = properties_of(schema);
  if (!properties || properties->empty()) return {};
  json::object entry;
  for (const auto& [name, property] : *properties) {
    if (property.is_object() && is_required(schema, name)) entry[name] = sample_value(property.get_object());
  }
  json::object whole{{"templateType", plugin.id}, {"template", std::move(entry)}};
  return "In the list of a device mapping:\n\n" + json::serialize(whole) + "\n";
}

}  // namespace

std::string sample_text(const plugin::PluginInfo& plugin) {
  boost::system::error_code bad;
  json::value schema = json::parse(plugin.config_schema, bad);
  if (bad || !schema.is_object()) return {};
  return plugin.kind == plugin::Kind::Template ? in_mapping(plugin, schema.get_object())
                                               : in_pipeline(plugin, schema.get_object());
}

}  // namespace aorta::cli
