#include "core/conform/request.hpp"

#include "core/conform/measurement_reader.hpp"
#include "core/plugin/templates.hpp"

namespace aorta::conform {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;
using fhir::JsonWriter;

std::optional<std::string> optional_of(const Node* node) {
  return node && node->kind == Kind::String ? std::optional(std::string(node->text())) : std::nullopt;
}

const Node& list_of(const Node& request, std::string_view name) {
  static const Node kNone{};
  const Node* found = document::member(request, name);
  return found ? *found : kNone;
}

Answer error_of(std::string_view error_class, const Error& error) { return error_answer(error_class, error.message()); }

mapping::DeviceMapping load_with_plugins(std::string_view text) {
  static plugin::Registry registry(plugin::Registry::default_folders());
  static plugin::PluginTemplateFactory factory(registry, {});
  return mapping::load_device_mapping(text, factory);
}

void nullable(JsonWriter& out, std::string_view name, const std::optional<std::string>& text) {
  text ? out.text(name, *text) : out.raw(name, "null");
}

void nullable(JsonWriter& out, std::string_view name, std::string_view text) {
  text.data() ? out.text(name, text) : out.raw(name, "null");
}

bool is_true(const Node* node) { return node && node->kind == Kind::Boolean && node->boolean; }

Result<group::MemberBuffer> read_measurements(
    const Node& list, std::string_view type, const std::optional<std::string>& correlation
) {
  group::MemberBuffer out;
  for (Child item : Children(list)) {
    mapping::Measurement m;
    m.type = type;
    m.correlation = correlation;
    std::optional<DateTime> time = read_time(string_of(document::member(*item.node, "occurrenceTimeUtc")));
    if (!time) return Error("request", "occurrenceTimeUtc is no time");
    m.occurred = *time;
    for (Child property : Children(list_of(*item.node, "properties"))) {
      const Node* name = document::member(*property.node, "name");
      if (!name || name->kind != Kind::String) return Error("request", "a property has no name");
      m.values.push_back({std::string(name->text()), optional_of(document::member(*property.node, "value"))});
    }
    out.add(m);
  }
  return out;
}

Result<std::vector<group::TimedValue>> read_values(const Node& list) {
  std::vector<group::TimedValue> out;
  for (Child item : Children(list)) {
    std::optional<DateTime> time = read_time(string_of(document::element(*item.node, 0)));
    if (!time) return Error("request", "a value's time is no time");
    const Node* text = document::element(*item.node, 1);
    out.push_back({*time, text && text->kind == Kind::String ? text->text() : std::string_view()});
  }
  return out;
}

}  // namespace aorta::conform
