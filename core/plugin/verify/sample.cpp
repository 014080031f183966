#include "core/plugin/verify/sample.hpp"

#include <array>
#include <optional>

#include "core/config/schema.hpp"
#include "core/config/value.hpp"
#include "core/document/convert.hpp"
#include "core/document/document.hpp"

namespace aorta::plugin::verify {
namespace {

using config::Value;
using document::Kind;
using document::Node;

Value value_of(const Node& node);

Value container_of(const Node& node) {
  Value out;
  out.kind = node.kind == Kind::Object ? Value::Kind::Map : Value::Kind::List;
  for (document::Child child : document::Children(node)) {
    if (node.kind == Kind::Object) {
      out.members.push_back({std::string(child.name), {}, 1, value_of(*child.node)});
    } else {
      out.items.push_back(value_of(*child.node));
    }
  }
  return out;
}

Value scalar(Value::Kind kind, std::string text) {
  Value out;
  out.kind = kind;
  out.text = std::move(text);
  // A secret has to come from a reference; what is made up counts as such.
  out.from_reference = kind == Value::Kind::String;
  return out;
}

Value value_of(const Node& node) {
  if (node.is_container()) return container_of(node);
  if (node.kind == Kind::Null) return {};
  if (node.kind == Kind::Boolean) return scalar(Value::Kind::Bool, node.boolean ? "true" : "false");
  bool text = node.kind == Kind::String || node.kind == Kind::Date;
  return scalar(text ? Value::Kind::String : Value::Kind::Number, std::string(node.text()));
}

// A schema's member, as far as samples need it.
struct Property {
  std::string name;
  bool required = false;
  Value sample;
};

Value made_up(const Node& property, const std::string& sample_file) {
  std::string_view type = document::string_of(document::member(property, "type"));
  std::string_view format = document::string_of(document::member(property, "x-aorta-format"));
  const Node* choices = document::member(property, "enum");
  if (choices && document::Children(*choices).size() > 0)
    return value_of(*(*document::Children(*choices).begin()).node);
  if (const Node* least = document::member(property, "minimum")) return value_of(*least);
  if (format == "path") return scalar(Value::Kind::String, sample_file);
  if (format == "duration") return scalar(Value::Kind::String, "1s");
  if (format == "bytes") return scalar(Value::Kind::String, "1MiB");
  if (type == "boolean") return scalar(Value::Kind::Bool, "true");
  if (type == "integer" || type == "number") return scalar(Value::Kind::Number, "1");
  Value out = scalar(Value::Kind::String, "sample");
  if (type == "array") out.kind = Value::Kind::List;
  if (type == "object") out.kind = Value::Kind::Map;
  return out;
}

std::vector<Value> examples_of(const Node& property) {
  std::vector<Value> out;
  if (const Node* examples = document::member(property, "examples")) {
    for (document::Child child : document::Children(*examples)) out.push_back(value_of(*child.node));
  }
  return out;
}

Property read_property(std::string_view name, const Node& node, const std::string& sample_file) {
  std::vector<Value> examples = examples_of(node);
  bool path = document::string_of(document::member(node, "x-aorta-format")) == "path";
  return {std::string(name), false, examples.empty() || path ? made_up(node, sample_file) : examples.front()};
}

std::vector<Property> read_properties(const Node& schema, const std::string& sample_file) {
  std::vector<Property> out;
  const Node* properties = document::member(schema, "properties");
  if (!properties || properties->kind != Kind::Object) return out;
  for (document::Child child : document::Children(*properties))
    out.push_back(read_property(child.name, *child.node, sample_file));
  const Node* required = document::member(schema, "required");
  if (!required || required->kind != Kind::Array) return out;
  for (document::Child name : document::Children(*required)) {
    for (Property& one : out) one.required = one.required || one.name == name.node->text();
  }
  return out;
}

Value sample_value(const std::vector<Property>& properties) {
  Value out;
  out.kind = Value::Kind::Map;
  for (const Property& one : properties) {
    if (one.required) out.members.push_back({one.name, {}, 1, one.sample});
  }
  return out;
}

void set(Value& map, const std::string& name, Value to) {
  for (Value::Member& member : map.members) {
    if (member.key == name) return void(member.value = std::move(to));
  }
  map.members.push_back({name, {}, 1, std::move(to)});
}

Result<std::string> canonical(const std::string& schema, const Value& value) {
  AORTA_TRY(read, config::Schema::parse(schema));
  Diagnostics problems;
  std::string out = read.canonical(value, {"sample", "config", "."}, problems);
  if (!problems.empty())
    return Error("bad-manifest", "a sample after the schema does not fit it: " + problems[0].message);
  return out;
}

// As the plugin gets it. Nothing given: its default, which it must have.
Result<Value> received(const Node& property, std::optional<Value> given) {
  std::string schema = R"({"type":"object","properties":{"it":)";
  document::append_json(schema, property);
  Value map;
  map.kind = Value::Kind::Map;
  if (given) set(map, "it", std::move(*given));
  AORTA_TRY(text, canonical(schema + "}}", map));
  document::Document read;
  AORTA_CHECK(read.read_value(std::string_view(text), document::kPlainJson));
  return value_of(*document::member(read.root(), "it"));
}

std::optional<Value> default_of(const Node& property) {
  if (!document::member(property, "default")) return std::nullopt;
  auto value = received(property, std::nullopt);
  return value.has_value() ? std::optional<Value>(std::move(*value)) : std::nullopt;
}

// Of all that is within, too.
void add_defaults(Value& given, const Node& schema) {
  if (const Node* content = document::member(schema, "x-aorta-content")) return add_defaults(given, *content);
  if (const Node* items = document::member(schema, "items")) {
    for (Value& item : given.items) add_defaults(item, *items);
  }
  const Node* properties = document::member(schema, "properties");
  if (!given.is(Value::Kind::Map) || !properties || properties->kind != Kind::Object) return;
  for (document::Child property : document::Children(*properties)) {
    const Value* there = given.find(property.name);
    std::optional<Value> value = there ? *there : default_of(*property.node);
    if (!value) continue;
    add_defaults(*value, *property.node);
    set(given, std::string(property.name), std::move(*value));
  }
}

Result<std::vector<Property>> properties_of(const std::string& schema, const std::string& sample_file) {
  document::Document document;
  AORTA_CHECK(document.read_value(std::string_view(schema), document::kPlainJson));
  return read_properties(document.root(), sample_file);
}

struct Change {
  const char* what;
  Value value;
};

std::vector<Change> changes() {
  auto text = [](std::string t) { return scalar(Value::Kind::String, std::move(t)); };
  auto number = [](const char* t) { return scalar(Value::Kind::Number, t); };
  Value list, map;
  list.kind = Value::Kind::List;
  map.kind = Value::Kind::Map;
  return {
      {"null", {}},
      {"true", scalar(Value::Kind::Bool, "true")},
      {"an empty text", text("")},
      {"a text", text("certainly/not/there")},
      {"a text of a mebibyte", text(std::string(1 << 20, 'x'))},
      {"0", number("0")},
      {"-1", number("-1")},
      {"1e308", number("1e308")},
      {"9223372036854775808", number("9223372036854775808")},
      {"a list", list},
      {"an object", map}};
}

}  // namespace

const std::vector<std::string>& odd_messages() {
  static const std::vector<std::string> all{
      R"({"deviceId":"d1","device":"d1","patient":"p1","at":"2026-11-22T06:00:00Z","type":"heartrate","hr":71})",
      R"({})",
      R"([])",
      R"(null)",
      R"("text")",
      R"(1e400)",
      R"({"a":null,"b":[],"c":{},"d":-0.0,"e":1.10,"f":99999999999999999999,"g":"\u0000\ud800","h":"2026-02-30T25:61:00Z"})",
      R"({"Body":{"Properties":{"SystemProperties":[[[[[[[[[[{"x":1}]]]]]]]]]]}}})",
      "{\"wide\":\"" + std::string(1 << 16, 'w') + "\"}",
  };
  return all;
}

Result<std::string> sample_config(const std::string& schema, const std::string& sample_file) {
  AORTA_TRY(properties, properties_of(schema, sample_file));
  return canonical(schema, sample_value(properties));
}

std::string with_defaults(const std::string& schema, const std::string& config) {
  document::Document known, given;
  bool readable = known.read_value(std::string_view(schema), document::kPlainJson).has_value() &&
                  given.read_value(std::string_view(config), document::kPlainJson).has_value();
  if (!readable) return config;
  Value out = value_of(given.root());
  add_defaults(out, known.root());
  return config::to_json(out);
}

Result<std::vector<std::string>> example_configs(const std::string& schema, const std::string& config) {
  document::Document known, base;
  AORTA_CHECK(known.read_value(std::string_view(schema), document::kPlainJson));
  AORTA_CHECK(base.read_value(std::string_view(config), document::kPlainJson));
  std::vector<std::string> out;
  const Node* properties = document::member(known.root(), "properties");
  if (!properties || properties->kind != Kind::Object) return out;
  for (document::Child property : document::Children(*properties)) {
    for (Value& example : examples_of(*property.node)) {
      AORTA_TRY(value, received(*property.node, std::move(example)));
      Value changed = value_of(base.root());
      set(changed, std::string(property.name), std::move(value));
      out.push_back(config::to_json(changed));
    }
  }
  return out;
}

std::vector<Mutation> mutations(const std::string& config) {
  document::Document document;
  if (document.read_value(std::string_view(config), document::kPlainJson).has_error()) return {};
  Value base = value_of(document.root());
  std::vector<Mutation> out{{"no member at all", "{}"}, {"no object", "[]"}, {"no JSON", "{\"a\":"}};
  Value more = base;
  set(more, "no member of it", scalar(Value::Kind::Number, "1"));
  out.push_back({"a member more", config::to_json(more)});
  for (std::size_t i = 0; i < base.members.size(); ++i) {
    for (const Change& change : changes()) {
      Value changed = base;
      changed.members[i].value = change.value;
      out.push_back({"\"" + base.members[i].key + "\" as " + change.what, config::to_json(changed)});
    }
  }
  return out;
}

}  // namespace aorta::plugin::verify
