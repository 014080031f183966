#include "core/cli/plugin_mapping_check.hpp"

#include <charconv>
#include <optional>

#include "core/config/text_file.hpp"
#include "core/config/yaml.hpp"
#include "core/fhir/memory_store.hpp"
#include "core/pipeline/opening.hpp"
#include "core/plugin/sink.hpp"

namespace aorta::cli {
namespace {

using config::Value;

// Takes the first step of "reports[0].conclusion" off the path: a key, or an index.
const Value* step(const Value& from, std::string_view& path) {
  if (path.starts_with('[')) {
    std::size_t index = 0;
    std::size_t end = path.find(']');
    std::from_chars(path.data() + 1, path.data() + path.size(), index);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    return index < from.items.size() ? &from.items[index] : nullptr;
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  std::string_view key = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(key.size());
  return from.find(key);
}

// The value that the path leads to, or the last one on the way; nothing where it leads nowhere from the start.
std::optional<Position> place_of(const Value& root, std::string_view path) {
  const Value* at = &root;
  while (!path.empty()) {
    const Value* next = step(*at, path);
    if (!next) break;
    at = next;
  }
  return at == &root ? std::nullopt : std::optional(at->position);
}

// "sinks.x: reports[0].code: needs …" without what operators know already.
std::string_view without(std::string_view message, const std::string& prefix) {
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

class PluginMappingCheck {
 public:
  PluginMappingCheck(Examined& examined, const config::PluginUse& sink) : out_(examined), sink_(sink) {}

  void run() {
    for (const std::string& file : sink_.files.mappings) {
      Result<std::string> text = config::read_text_file(file, config::kMaxYamlBytes);
      if (text.has_value()) out_.texts[file] = std::move(*text);
    }
    if (sink_.store.empty()) return report({}, sink_.position, "needs a store; write store: and the name of one");
    if (count_errors(out_.findings) > 0) return;
    fhir::MemoryStore store;
    plugin::Surroundings home{.name = "sinks." + sink_.name};
    if (sink_.worker) home.isolation = pipeline::isolation_of(*sink_.worker);
    auto made =
        plugin::Sink::make(*out_.pipeline.registry, sink_.plugin, sink_.config_json, {&store, {}}, std::move(home));
    if (made.has_error()) report(without(made.error().message(), "sinks." + sink_.name + ": "));
  }

 private:
  // At the place in a mapping that the message begins with, else at the sink.
  void report(std::string_view message) {
    std::string_view path = message.substr(0, message.find(": "));
    for (const std::string& file : sink_.files.mappings) {
      Diagnostics ignored;
      std::optional<Value> root = config::parse_yaml(file, out_.texts[file], ignored);
      std::optional<Position> place = root ? place_of(*root, path) : std::nullopt;
      if (place) return report(file, *place, message);
    }
    report({}, sink_.position, message);
  }
  void report(const std::string& file, Position position, std::string_view message) {
    const std::string& pipeline = out_.pipeline.config.file;
    std::string text = (file.empty() ? "sinks." + sink_.name + ": " : "") + std::string(message);
    out_.findings.push_back({Severity::Error, std::move(text), file.empty() ? pipeline : file, position, 1, {}});
  }

  Examined& out_;
  const config::PluginUse& sink_;
};

}  // namespace

void check_plugin_mapping(Examined& examined, const config::PluginUse& sink) {
  PluginMappingCheck(examined, sink).run();
}

}  // namespace aorta::cli
