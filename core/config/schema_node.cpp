#include "core/config/schema_node.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

namespace aorta::config {
namespace {

namespace json = boost::json;

constexpr int kMaxSchemaDepth = 32;

struct TypeWord {
  std::string_view word, name;
};
constexpr std::array<TypeWord, 7> kTypes{
    {{"string", "a string"},
     {"integer", "an integer"},
     {"number", "a number"},
     {"boolean", "true or false"},
     {"object", "a map"},
     {"array", "a list"},
     {"null", "nothing"}}};
constexpr std::array<std::string_view, 4> kReads{"", "settings", "observations", "messages"};
constexpr std::array<std::string_view, 6> kFormats{"", "duration", "bytes", "path", "secret", "mapping"};

std::string number_text(double number) {
  std::array<char, 32> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

Value value_of(const json::value& from) {
  Value out;
  switch (from.kind()) {
    case json::kind::null:
      break;
    case json::kind::bool_:
      out.kind = Value::Kind::Bool, out.text = from.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      out.kind = Value::Kind::Number, out.text = std::to_string(from.get_int64());
      break;
    case json::kind::uint64:
      out.kind = Value::Kind::Number, out.text = std::to_string(from.get_uint64());
      break;
    case json::kind::double_:
      out.kind = Value::Kind::Number, out.text = number_text(from.get_double());
      break;
    case json::kind::string:
      out.kind = Value::Kind::String, out.text = std::string(from.get_string());
      break;
    case json::kind::array:
      out.kind = Value::Kind::List;
      for (const json::value& item : from.get_array()) out.items.push_back(value_of(item));
      break;
    case json::kind::object:
      out.kind = Value::Kind::Map;
      for (const auto& [key, member] : from.get_object())
        out.members.push_back({std::string(key), {}, 1, value_of(member)});
      break;
  }
  return out;
}

// Keeps the first fault it meets and goes on to the end; a schema is read once, at the start.
class SchemaReader {
 public:
  SchemaNode read(const json::value& from, const std::string& path, int depth) {
    SchemaNode node;
    if (depth > kMaxSchemaDepth) return fault(path, "is nested too deep"), node;
    if (from.is_bool()) return node.open = from.get_bool(), node;
    if (!from.is_object()) return fault(path, "must be an object"), node;
    for (const auto& [key, value] : from.get_object()) read_keyword(node, key, value, path, depth);
    if (node.types.empty() && node.properties.empty()) node.open = true;
    return node;
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  void read_keyword(
      SchemaNode& node, std::string_view key, const json::value& value, const std::string& path, int depth
  ) {
    std::string at = path + "/" + std::string(key);
    if (key == "type") return read_types(node, value, at);
    if (key == "x-aorta-format") return read_format(node, value, at);
    if (key == "x-aorta-reads") return read_reads(node, value);
    if (key == "x-aorta-content") return void(node.content = shared(read(value, at, depth + 1)));
    if (key == "properties") return read_properties(node, value, at, depth);
    if (key == "required") return read_required(node, value, at);
    if (key == "enum") return void(node.choices = value_of(value).items);
    if (key == "default") return void(node.fallback = value_of(value));
    if (key == "minimum") return void(node.minimum = number(value, at));
    if (key == "maximum") return void(node.maximum = number(value, at));
    if (key == "minItems") return void(node.min_items = static_cast<std::size_t>(number(value, at)));
    if (key == "items") return void(node.items = shared(read(value, at, depth + 1)));
    if (key == "additionalProperties") return read_additional(node, value, at, depth);
    if (key == "description") return void(node.description = value_of(value).text);
    if (key == "examples" || key == "title" || key == "$schema" || key.starts_with("x-")) return;
    fault(at, "is a keyword that is not supported here");
  }

  static std::shared_ptr<const SchemaNode> shared(SchemaNode node) {
    return std::make_shared<const SchemaNode>(std::move(node));
  }

  void read_types(SchemaNode& node, const json::value& value, const std::string& at) {
    if (value.is_array()) {
      for (const json::value& one : value.get_array()) add_type(node, one, at);
    } else {
      add_type(node, value, at);
    }
  }
  void add_type(SchemaNode& node, const json::value& value, const std::string& at) {
    for (std::size_t i = 0; value.is_string() && i < kTypes.size(); ++i) {
      if (kTypes[i].word == std::string_view(value.get_string()))
        return node.types.push_back(static_cast<SchemaType>(i));
    }
    fault(at, "names a type that does not exist");
  }
  void read_format(SchemaNode& node, const json::value& value, const std::string& at) {
    auto found = std::find(kFormats.begin() + 1, kFormats.end(), value_of(value).text);
    if (found == kFormats.end()) return fault(at, "names a format that this host does not know");
    node.format = static_cast<SchemaFormat>(found - kFormats.begin());
  }
  // A word that is not known here tells of something that hosts can do without.
  static void read_reads(SchemaNode& node, const json::value& value) {
    auto found = std::find(kReads.begin(), kReads.end(), value_of(value).text);
    if (found != kReads.end()) node.reads = static_cast<SchemaReads>(found - kReads.begin());
  }
  void read_properties(SchemaNode& node, const json::value& value, const std::string& at, int depth) {
    if (!value.is_object()) return fault(at, "must be an object");
    for (const auto& [name, schema] : value.get_object()) {
      node.properties.push_back({std::string(name), read(schema, at + "/" + std::string(name), depth + 1)});
    }
  }
  void read_required(SchemaNode& node, const json::value& value, const std::string& at) {
    if (!value.is_array()) return fault(at, "must be a list");
    for (const json::value& name : value.get_array()) node.required.push_back(value_of(name).text);
  }
  void read_additional(SchemaNode& node, const json::value& value, const std::string& at, int depth) {
    if (value.is_bool()) return void(node.open = value.get_bool());
    node.extra = shared(read(value, at, depth + 1));
  }
  double number(const json::value& value, const std::string& at) {
    if (value.is_number()) return value.to_number<double>();
    return fault(at, "must be a number"), 0;
  }
  void fault(const std::string& at, const std::string& what) {
    if (!error_) error_ = Error("bad-schema", "the configuration schema is unusable: " + at + " " + what);
  }

  std::optional<Error> error_;
};

}  // namespace

bool SchemaNode::allows(SchemaType type) const {
  return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
}

const SchemaNode* SchemaNode::property(std::string_view name) const {
  auto found = std::find_if(properties.begin(), properties.end(), [&](const Property& p) { return p.name == name; });
  return found == properties.end() ? nullptr : &found->node;
}

bool SchemaNode::is_required(std::string_view name) const {
  return std::find(required.begin(), required.end(), name) != required.end();
}

std::string_view type_name(SchemaType type) { return kTypes[static_cast<std::size_t>(type)].name; }

Result<std::shared_ptr<const SchemaNode>> read_schema(std::string_view text) {
  boost::system::error_code bad;
  json::value root = json::parse(text, bad);
  if (bad) return Error("bad-schema", "the configuration schema is unusable: it is no JSON");
  SchemaReader reader;
  auto node = std::make_shared<const SchemaNode>(reader.read(root, "", 0));
  if (reader.error()) return *reader.error();
  return std::shared_ptr<const SchemaNode>(std::move(node));
}

}  // namespace aorta::config
