#include <boost/json.hpp>
#include <ostream>

#include "core/base/text.hpp"
#include "core/cli/command.hpp"
#include "core/cli/plugin_sample.hpp"
#include "core/cli/table.hpp"
#include "core/cli/verbs.hpp"
#include "core/plugin/library_digest.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using plugin::PluginInfo;
using plugin::Registry;

Registry registry_with(const std::vector<std::string>& folders) {
  return Registry(Registry::default_folders(std::vector<std::filesystem::path>(folders.begin(), folders.end())));
}

json::object json_of(const PluginInfo& info) {
  json::object out{{"id", info.id}, {"kind", plugin::kind_name(info.kind)}, {"summary", info.summary}};
  out["version"] = info.module->version;
  out["module"] = info.module->name;
  out["library"] = info.module->library.string();
  return out;
}

json::object json_of(const plugin::Refused& refused) {
  return {{"library", refused.library.string()}, {"reason", refused.why.reason()}, {"message", refused.why.message()}};
}

void list_json(Context& context, const Registry& registry) {
  json::array plugins, refused;
  for (const PluginInfo& info : registry.plugins()) plugins.push_back(json_of(info));
  for (const plugin::Refused& one : registry.refused()) refused.push_back(json_of(one));
  context.out << json::serialize(json::object{{"plugins", plugins}, {"refused", refused}}) << "\n";
}

void list_text(Context& context, const Registry& registry) {
  Table table({"KIND", "PLUGIN", "VERSION", "SUMMARY"});
  for (const PluginInfo& info : registry.plugins()) {
    table.add({std::string(plugin::kind_name(info.kind)), info.id, info.module->version, info.summary});
  }
  if (registry.plugins().empty()) context.out << "No plugins are installed.\n";
  if (!registry.plugins().empty()) context.out << table.text();
  for (const plugin::Refused& one : registry.refused()) {
    context.out << "not used: " << observe::printable(one.library.string()) << ": "
                << observe::printable(one.why.message()) << "\n";
  }
}

std::vector<const PluginInfo*> find_all(const Registry& registry, const std::string& id) {
  std::vector<const PluginInfo*> out;
  for (plugin::Kind kind : {plugin::Kind::Source, plugin::Kind::Template, plugin::Kind::Sink}) {
    if (const PluginInfo* found = registry.find(kind, id)) out.push_back(found);
  }
  return out;
}

Error not_installed(const Registry& registry, const std::string& id) {
  std::vector<std::string> known;
  for (const PluginInfo& info : registry.plugins()) known.push_back(info.id);
  return Error(
      "plugin-not-found",
      "there is no plugin \"" + id + "\"" + did_you_mean(id, known) + " (aorta plugin list shows them)"
  );
}

json::value schema_of(const PluginInfo& info) {
  boost::system::error_code bad;
  json::value schema = json::parse(info.config_schema, bad);
  return bad ? json::value() : schema;
}

std::string member_text(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  if (!found) return {};
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

std::string type_text(const json::object& property) {
  std::string format = member_text(property, "x-aorta-format");
  std::string reads = member_text(property, "x-aorta-reads");
  if (!reads.empty()) return format + " of " + reads;
  if (!format.empty()) return format;
  if (property.contains("enum")) return "one of " + member_text(property, "enum");
  return member_text(property, "type");
}

bool is_required(const json::object& schema, std::string_view name) {
  const json::value* required = schema.if_contains("required");
  if (!required || !required->is_array()) return false;
  for (const json::value& one : required->get_array()) {
    if (one.is_string() && std::string_view(one.get_string()) == name) return true;
  }
  return false;
}

void show_configuration(Context& context, const PluginInfo& info) {
  json::value schema = schema_of(info);
  const json::value* properties = schema.is_object() ? schema.get_object().if_contains("properties") : nullptr;
  if (!properties || !properties->is_object() || properties->get_object().empty())
    return void(context.out << "\nIt has nothing to configure.\n");
  Table table({"CONFIG", "TYPE", "DEFAULT", "MEANING"});
  for (const auto& [name, property] : properties->get_object()) {
    if (!property.is_object()) continue;
    const json::object& one = property.get_object();
    std::string fallback = is_required(schema.get_object(), name) ? "(required)" : member_text(one, "default");
    table.add({std::string(name), type_text(one), fallback, member_text(one, "description")});
  }
  context.out << "\n" << table.text();
}

// Shows one plugin; whether its library can be loaded.
bool inspect_text(Context& context, Registry& registry, const PluginInfo& info) {
  const plugin::ModuleInfo& module = *info.module;
  auto loaded = registry.load(info);
  context.out << plugin::kind_name(info.kind) << " " << info.id << "  " << observe::printable(info.summary) << "\n";
  context.out << "  module   " << module.name << " " << module.version << ", built with " << module.built_with << "\n";
  context.out << "  library  " << module.library.string() << "\n";
  if (auto digest = plugin::library_digest(module.library); digest.has_value())
    context.out << "  sha256   " << *digest << "\n";
  context.out << "  ABI      " << std::to_string(module.abi_major) << "." << std::to_string(module.abi_minor) << "\n";
  std::string spellings;
  for (const std::string& spelling : info.spellings) spellings += (spellings.empty() ? "" : ", ") + spelling;
  if (!spellings.empty()) context.out << "  also as  " << spellings << "\n";
  context.out << "  loads    " << (loaded.has_value() ? "yes" : "no: " + observe::printable(loaded.error().message()))
              << "\n";
  show_configuration(context, info);
  if (std::string sample = sample_text(info); !sample.empty()) context.out << "\n" << sample;
  return loaded.has_value();
}

bool inspect_json(json::array& out, Registry& registry, const PluginInfo& info) {
  auto loaded = registry.load(info);
  json::object one = json_of(info);
  one["abi"] = std::to_string(info.module->abi_major) + "." + std::to_string(info.module->abi_minor);
  one["built_with"] = info.module->built_with;
  if (auto digest = plugin::library_digest(info.module->library); digest.has_value()) one["sha256"] = *digest;
  one["sample"] = sample_text(info);
  one["spellings"] = json::value_from(info.spellings);
  one["config"] = schema_of(info);
  one["loads"] = loaded.has_value();
  if (loaded.has_error()) one["message"] = loaded.error().message();
  out.push_back(std::move(one));
  return loaded.has_value();
}

}  // namespace

int run_plugin_list(Context& context, Arguments arguments) {
  std::vector<std::string> folders;
  Command command(
      context, "plugin list", "Lists the installed plugins, from their manifests; no plugin's code is run."
  );
  command.option("--plugins", folders, "a further folder of plugins; may be repeated");
  command.example("aorta plugin list", "what is installed")
      .example("aorta plugin list --plugins build/mine", "and what lies there");
  command.exits("0 ok, 1 a library is not used (and why), 2 usage");
  if (auto code = command.parse(arguments)) return *code;
  Registry registry = registry_with(folders);
  context.format == Format::Json ? list_json(context, registry) : list_text(context, registry);
  return registry.refused().empty() ? kOk : kFindings;
}

int run_plugin_inspect(Context& context, Arguments arguments) {
  std::vector<std::string> folders;
  std::string id;
  Command command(
      context, "plugin inspect",
      "Shows a plugin: where it comes from, what can be configured, whether its library loads."
  );
  command.positional("ID", id, "a plugin's id, as plugin list shows it");
  command.option("--plugins", folders, "a further folder of plugins; may be repeated");
  command.example("aorta plugin inspect file", "the source that reads files");
  command.exits("0 ok, 1 there is no such plugin, or its library does not load, 2 usage");
  if (auto code = command.parse(arguments)) return *code;
  Registry registry = registry_with(folders);
  std::vector<const PluginInfo*> found = find_all(registry, id);
  if (found.empty()) return fail(context, not_installed(registry, id), kFindings);
  bool fine = true;
  json::array all;
  for (const PluginInfo* info : found) {
    bool loads =
        context.format == Format::Json ? inspect_json(all, registry, *info) : inspect_text(context, registry, *info);
    fine = fine && loads;
  }
  if (context.format == Format::Json) context.out << json::serialize(json::object{{"plugins", all}}) << "\n";
  return fine ? kOk : kFindings;
}

}  // namespace aorta::cli
