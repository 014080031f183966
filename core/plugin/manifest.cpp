#include "core/plugin/manifest.hpp"

#include <array>

#include "core/document/convert.hpp"
#include "core/document/document.hpp"

namespace aorta::plugin {
namespace {

using document::Kind;
using document::Node;

Error bad(std::string_view what) { return Error("bad-manifest", "the manifest " + std::string(what)); }

Result<const Node*> need(const Node& object, std::string_view name, Kind kind) {
  const Node* found = document::member(object, name);
  if (!found || found->kind != kind) return bad("has no \"" + std::string(name) + "\", or one of the wrong type");
  return found;
}

Result<std::string> need_text(const Node& object, std::string_view name) {
  AORTA_TRY(node, need(object, name, Kind::String));
  return std::string(node->text());
}

std::string text_or_empty(const Node& object, std::string_view name) {
  return std::string(document::string_of(document::member(object, name)));
}

Result<int> need_version(const Node& object, std::string_view name) {
  AORTA_TRY(node, need(object, name, Kind::Integer));
  if (node->integer < 0 || node->integer > 0xFFFF) return bad("has an impossible \"" + std::string(name) + "\"");
  return static_cast<int>(node->integer);
}

Result<plugin::Kind> need_kind(const Node& plugin) {
  AORTA_TRY(text, need_text(plugin, "kind"));
  for (auto kind : std::array{plugin::Kind::Source, plugin::Kind::Template, plugin::Kind::Sink}) {
    if (kind_name(kind) == text) return kind;
  }
  return bad("has a plugin of the unknown kind \"" + text + "\"");
}

Result<PluginInfo> read_plugin(const Node& node) {
  PluginInfo out;
  AORTA_TRY(id, need_text(node, "id"));
  AORTA_TRY(kind, need_kind(node));
  AORTA_TRY(config, need(node, "config", Kind::Object));
  out.id = std::move(id);
  out.kind = kind;
  out.summary = text_or_empty(node, "summary");
  document::append_json(out.config_schema, *config);
  if (const Node* spellings = document::member(node, "spellings")) {
    for (document::Child child : document::Children(*spellings)) out.spellings.emplace_back(child.node->text());
  }
  return out;
}

Result<ModuleInfo> read_module(const Node& root) {
  ModuleInfo out;
  AORTA_TRY(format, need_version(root, "manifest"));
  if (format != 1) return bad("has format " + std::to_string(format) + "; this host reads format 1");
  AORTA_TRY(name, need_text(root, "name"));
  AORTA_TRY(version, need_text(root, "version"));
  AORTA_TRY(abi, need(root, "abi", Kind::Object));
  AORTA_TRY(major, need_version(*abi, "major"));
  AORTA_TRY(minor, need_version(*abi, "minor"));
  out.name = std::move(name);
  out.version = std::move(version);
  out.built_with = text_or_empty(root, "built_with");
  out.abi_major = major;
  out.abi_minor = minor;
  return out;
}

}  // namespace

Result<Manifest> read_manifest(std::string_view text) {
  document::Document document;
  if (auto read = document.read_value(text, document::kPlainJson); read.has_error())
    return bad("is no JSON: " + std::string(read.error().message()));
  Manifest out;
  AORTA_TRY(module, read_module(document.root()));
  AORTA_TRY(plugins, need(document.root(), "plugins", document::Kind::Array));
  out.module = std::move(module);
  out.module.manifest = text;
  for (document::Child child : document::Children(*plugins)) {
    AORTA_TRY(plugin, read_plugin(*child.node));
    out.plugins.push_back(std::move(plugin));
  }
  return out;
}

}  // namespace aorta::plugin
