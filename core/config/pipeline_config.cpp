#include "core/config/pipeline_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/base/sha256.hpp"
#include "core/base/text.hpp"
#include "core/config/canonical.hpp"
#include "core/config/pipeline_references.hpp"
#include "core/config/pipeline_schema.hpp"
#include "core/config/schema.hpp"
#include "core/config/yaml.hpp"

namespace aorta::config {
namespace {

constexpr std::array<std::string_view, 2> kAtLimit{"pause", "oldest"};
constexpr std::array<std::string_view, 3> kDurability{"fdatasync", "relaxed", "none"};
constexpr std::array<std::string_view, 3> kUnmatched{"dead_letter", "filter", "fail"};

Position position_of(const Value& map, std::string_view key) {
  const Value* found = map.find(key);
  return found ? found->position : map.position;
}

// Fills the typed configuration from the canonical JSON, which the schema vouches for, and from the tree, which knows
// the places.
class Filling {
 public:
  Filling(const json::object& from, const Value& tree, PipelineConfig& into) : from_(from), tree_(tree), into_(into) {}

  void fill() {
    into_.name = text_of(from_, "name");
    into_.watch = from_.at("watch").as_bool();
    for (const auto& [name, store] : from_.at("stores").get_object()) add_store(std::string(name), store);
    add_uses("sources", into_.sources);
    add_uses("sinks", into_.sinks);
    fill_normalize(from_.at("normalize").get_object());
    fill_figures();
    fill_plugins(from_.at("plugins").get_object());
    if (const Value* tests = tree_.find("tests")) {
      for (const Value& test : tests->items) add_test(test);
    }
  }

 private:
  void add_store(const std::string& name, const json::value& from) {
    Position position = tree_.find("stores")->find_member(name)->position;
    into_.stores.push_back(read_store(name, json::serialize(from), position));
  }

  void fill_plugins(const json::object& from) {
    into_.plugin_folders = texts_of(from, "path");
    for (const auto& [id, pin] : from.at("pinned").get_object()) {
      Position position = tree_.find("plugins")->find("pinned")->find_member(id)->position;
      into_.pins.push_back(
          {std::string(id), text_of(pin.get_object(), "version"), text_of(pin.get_object(), "sha256"), position}
      );
    }
  }

  void add_uses(std::string_view group, std::vector<PluginUse>& uses) {
    for (const Value::Member& member : tree_.find(group)->members) {
      const json::object& from = from_.at(group).get_object().at(member.key).get_object();
      PluginUse use{
          member.key, text_of(from, "plugin"), text_of(from, "store"), {}, "{}", position_of(member.value, "plugin")};
      use.worker = worker_of(from);
      const Value* config = member.value.find("config");
      if (config && !config->is(Value::Kind::Null)) use.config = *config;
      if (use.config.is(Value::Kind::Null)) use.config.kind = Value::Kind::Map;
      add_secrets(use.config, "", use.secrets);
      if (use.config.position.line == 0) use.config.position = config ? config->position : member.position;
      uses.push_back(std::move(use));
    }
  }

  static void add_secrets(const Value& value, const std::string& path, std::vector<SecretUse>& out) {
    if (value.from_reference) out.push_back({path, value.text, value.referenced_file});
    for (std::size_t i = 0; i < value.items.size(); ++i)
      add_secrets(value.items[i], path + "[" + std::to_string(i) + "]", out);
    for (const Value::Member& member : value.members)
      add_secrets(member.value, path.empty() ? member.key : path + "." + member.key, out);
  }

  static std::optional<WorkerConfig> worker_of(const json::object& from) {
    if (text_of(from, "isolation") != "process") return std::nullopt;
    const json::object& worker = from.at("worker").get_object();
    return WorkerConfig{
        number_of(worker, "memory"), duration_of(worker, "time_limit"),
        static_cast<unsigned>(number_of(worker, "max_crashes"))};
  }

  void fill_normalize(const json::object& from) {
    NormalizeConfig& normalize = into_.normalize;
    const Value& tree = *tree_.find("normalize");
    normalize.mapping = text_of(from, "mapping");
    normalize.mapping_position = position_of(tree, "mapping");
    normalize.unmatched = enum_of<Unmatched>(kUnmatched, text_of(from, "unmatched"));
    normalize.workers = static_cast<unsigned>(number_of(from, "workers"));
    normalize.worker = worker_of(from);
    normalize.from = texts_of(from, "from");
    if (normalize.from.empty()) {
      for (const PluginUse& source : into_.sources) normalize.from.push_back(source.name);
    }
    if (const Value* templates = tree.find("templates")) normalize.inline_mapping = collection_of(*templates);
  }

  // The list becomes the body of a CollectionContent template; the head stands on line 1, where no template can be.
  static std::string collection_of(const Value& templates) {
    std::string list = to_json_in_place(templates);
    std::size_t bracket = list.find('[');
    return R"({"templateType":"CollectionContent","template":)" + list.substr(0, bracket) + list.substr(bracket) + "}";
  }

  void fill_figures() {
    const json::object& group = from_.at("group").get_object();
    into_.group = {number_of(group, "max_measurements"), duration_of(group, "max_delay")};
    const json::object& dead_letter = from_.at("dead_letter").get_object();
    into_.dead_letter.path = text_of(dead_letter, "path");
    if (dead_letter.contains("keep")) into_.dead_letter.keep = duration_of(dead_letter, "keep");
    into_.dead_letter.max_size = number_of(dead_letter, "max_size");
    into_.dead_letter.at_limit = enum_of<AtLimit>(kAtLimit, text_of(dead_letter, "at_limit"));
    const json::object& limits = from_.at("limits").get_object();
    into_.limits = {
        number_of(limits, "max_in_flight_records"), number_of(limits, "max_in_flight_bytes"),
        number_of(limits, "max_record_bytes")};
    fill_journal(from_.at("journal").get_object());
    into_.state = {text_of(from_.at("state").get_object(), "path")};
    fill_http(from_.at("http").get_object());
  }

  void fill_journal(const json::object& from) {
    JournalConfig& journal = into_.journal;
    journal.path = text_of(from, "path");
    journal.durability = enum_of<Durability>(kDurability, text_of(from, "durability"));
    journal.max_size = number_of(from, "max_size");
    if (from.contains("max_age")) journal.max_age = duration_of(from, "max_age");
    journal.segment_size = number_of(from, "segment_size");
    journal.keep_answers = duration_of(from, "keep_answers");
    journal.max_answers = number_of(from, "max_answers");
  }

  void fill_http(const json::object& from) {
    const json::object& tls = from.at("tls").get_object();
    into_.http = {text_of(from, "listen"),     text_of(tls, "certificate"),        text_of(tls, "key"),
                  text_of(tls, "client_ca"),   number_of(from, "max_connections"), number_of(from, "max_header_size"),
                  duration_of(from, "timeout")};
  }

  void add_test(const Value& from) {
    TestConfig test;
    test.name = from.find("name")->text;
    test.position = from.position;
    if (const Value* input = from.find("input")) test.inputs.push_back(input_of(*input));
    if (const Value* inputs = from.find("inputs")) {
      for (const Value& input : inputs->items) test.inputs.push_back(input_of(input));
    }
    const Value& expect = *from.find("expect");
    test.measurements = list_of(expect, "measurements");
    test.fhir = list_of(expect, "fhir");
    test.dead_letter = list_of(expect, "dead_letter");
    test.filtered = list_of(expect, "filtered");
    into_.tests.push_back(std::move(test));
  }

  TestInput input_of(const Value& from) const {
    TestInput input;
    if (const Value* source = from.find("source")) input.source = source->text;
    if (input.source.empty() && into_.sources.size() == 1) input.source = into_.sources.front().name;
    if (const Value* body = from.find("body")) input.body = to_json(*body);
    if (const Value* text = from.find("body_text")) input.body = text->text;
    if (const Value* properties = from.find("properties")) input.properties = to_json(*properties);
    if (const Value* properties = from.find("system_properties")) input.system_properties = to_json(*properties);
    return input;
  }

  static std::optional<Value> list_of(const Value& map, std::string_view key) {
    const Value* found = map.find(key);
    return found ? std::optional<Value>(*found) : std::nullopt;
  }

  const json::object& from_;
  const Value& tree_;
  PipelineConfig& into_;
};

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

bool grew(const Diagnostics& problems, std::size_t errors) { return count_errors(problems) > errors; }

}  // namespace

const StoreConfig* PipelineConfig::store(std::string_view wanted) const {
  auto found = std::find_if(stores.begin(), stores.end(), [&](const StoreConfig& s) { return s.name == wanted; });
  return found == stores.end() ? nullptr : &*found;
}

PipelineConfig load_pipeline(const std::string& path, Diagnostics& problems, const Variables& variables) {
  std::size_t before = count_errors(problems);
  YamlFile file = read_yaml(path, problems);
  PipelineConfig pipeline;
  pipeline.file = path;
  pipeline.text = file.text;
  pipeline.fingerprint = sha256_hex(file.text).substr(0, 16);
  if (file.root.is(Value::Kind::Null)) return pipeline;
  substitute(file, variables, problems);
  Result<Schema> schema = Schema::parse(pipeline_schema());
  std::string canonical = schema->canonical(file.root, {path, "", folder_of(path)}, problems);
  if (grew(problems, before)) return pipeline;
  boost::system::error_code unreadable;
  json::value parsed = json::parse(canonical, unreadable, {}, json::parse_options{.max_depth = 2 * kMaxYamlDepth});
  if (unreadable) {
    problems.push_back({Severity::Error, "a number in the file is beyond all ranges; quote it", path, {}, 1, {}});
    return pipeline;
  }
  Filling(parsed.get_object(), file.root, pipeline).fill();
  check_references(pipeline, file.root, problems);
  return pipeline;
}

namespace {

void resolve(
    PluginUse& use, PluginKind kind, const PipelineConfig& pipeline, const PluginCatalog& catalog, Diagnostics& problems
) {
  std::string path = (kind == PluginKind::Source ? "sources." : "sinks.") + use.name;
  Result<std::string> schema_text = catalog.schema(kind, use.plugin);
  Result<Schema> schema = schema_text.has_error() ? Result<Schema>(schema_text.error()) : Schema::parse(*schema_text);
  if (schema.has_error()) {
    auto width = static_cast<int>(use.plugin.size());
    std::string message = path + ".plugin: " + std::string(schema.error().message());
    problems.push_back({Severity::Error, message, pipeline.file, use.position, width, {}});
    return;
  }
  Place place{pipeline.file, path + ".config", folder_of(pipeline.file), &use.files};
  use.config_json = schema->canonical(use.config, place, problems);
}

}  // namespace

void resolve_plugins(PipelineConfig& pipeline, const PluginCatalog& catalog, Diagnostics& problems) {
  for (PluginUse& use : pipeline.sources) resolve(use, PluginKind::Source, pipeline, catalog, problems);
  for (PluginUse& use : pipeline.sinks) resolve(use, PluginKind::Sink, pipeline, catalog, problems);
}

}  // namespace aorta::config
