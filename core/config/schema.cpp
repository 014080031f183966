#include "core/config/schema.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "core/base/text.hpp"
#include "core/base/units.hpp"
#include "core/config/scalar.hpp"
#include "core/config/schema_node.hpp"
#include "core/config/text_file.hpp"
#include "core/config/yaml.hpp"

namespace aorta::config {
namespace {

std::string below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::vector<std::string> names_of(const SchemaNode& node) {
  std::vector<std::string> names;
  for (const SchemaNode::Property& p : node.properties) names.push_back(p.name);
  return names;
}

std::string types_text(const SchemaNode& node) {
  std::string out;
  for (SchemaType type : node.types) out += (out.empty() ? "" : " or ") + std::string(type_name(type));
  return out;
}

// What the file says, as far as it may be shown.
std::string shown(const Value& value) {
  if (value.is(Value::Kind::List) || value.is(Value::Kind::Map) || value.is(Value::Kind::Null))
    return std::string(kind_name(value.kind));
  if (value.from_reference) return "a string from a reference";
  std::string text = value.text.substr(0, 40) + (value.text.size() > 40 ? "…" : "");
  return value.is(Value::Kind::String) ? "\"" + text + "\"" : text;
}

bool is_integer(const Value& value) {
  std::int64_t number = 0;
  const char* end = value.text.data() + value.text.size();
  auto [stopped, error] = std::from_chars(value.text.data(), end, number);
  return value.is(Value::Kind::Number) && error == std::errc() && stopped == end;
}

bool has_type(const Value& value, SchemaType type) {
  switch (type) {
    case SchemaType::String:
      return value.is(Value::Kind::String);
    case SchemaType::Integer:
      return is_integer(value);
    case SchemaType::Number:
      return value.is(Value::Kind::Number);
    case SchemaType::Boolean:
      return value.is(Value::Kind::Bool);
    case SchemaType::Object:
      return value.is(Value::Kind::Map);
    case SchemaType::Array:
      return value.is(Value::Kind::List);
    case SchemaType::Null:
      return value.is(Value::Kind::Null);
  }
  return false;
}

bool fits(const SchemaNode& node, const Value& value) {
  return node.types.empty() ||
         std::any_of(node.types.begin(), node.types.end(), [&](SchemaType t) { return has_type(value, t); });
}

// What comes from a variable is text; where a number or a boolean is wanted, it is read as one.
Value as_wanted(const SchemaNode& node, const Value& value) {
  if (!value.from_reference || node.format != SchemaFormat::None || fits(node, value)) return value;
  Scalar scalar = read_plain(value.text);
  Value read = value;
  read.kind = scalar.kind;
  read.text = scalar.text;
  return fits(node, read) ? read : value;
}

double number_of(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool equal(const Value& a, const Value& b) { return a.kind == b.kind && a.text == b.text; }

class Check {
 public:
  Check(const Place& place, Diagnostics& problems) : place_(place), problems_(problems) {}

  void write(const SchemaNode& node, const Value& given, const std::string& path) {
    Value value = as_wanted(node, given);
    if (node.format != SchemaFormat::None) return write_format(node, value, path);
    if (!fits(node, value)) return report(value, path, "expected " + types_text(node) + ", got " + shown(value));
    if (!is_choice(node, value, path)) return;
    if (value.is(Value::Kind::Number)) check_range(node, value, path);
    if (value.is(Value::Kind::Map)) return write_map(node, value, path);
    if (value.is(Value::Kind::List)) return write_list(node, value, path);
    out_ += to_json(value);
  }
  std::string take() { return std::move(out_); }

 private:
  void report(const Value& at, const std::string& path, const std::string& what, std::string note = {}) {
    report_at(at.position, at.width, path, what, std::move(note));
  }
  void report_at(
      Position position, int width, const std::string& path, const std::string& what, std::string note = {}
  ) {
    std::string message = path.empty() ? what : path + ": " + what;
    problems_.push_back({Severity::Error, std::move(message), place_.file, position, width, std::move(note)});
  }

  bool is_choice(const SchemaNode& node, const Value& value, const std::string& path) {
    auto same = [&](const Value& choice) { return equal(choice, value); };
    if (node.choices.empty() || std::any_of(node.choices.begin(), node.choices.end(), same)) return true;
    std::vector<std::string> words;
    for (const Value& choice : node.choices) words.push_back(choice.text);
    std::string hint = value.from_reference ? "" : did_you_mean(value.text, words);
    report(value, path, "expected one of " + listed(words) + ", got " + shown(value) + hint);
    return false;
  }

  void check_range(const SchemaNode& node, const Value& value, const std::string& path) {
    double number = number_of(value.text);
    if (node.minimum && number < *node.minimum)
      report(value, path, shown(value) + " is too small; the least is " + bound(*node.minimum));
    if (node.maximum && number > *node.maximum)
      report(value, path, shown(value) + " is too large; the most is " + bound(*node.maximum));
  }
  static std::string bound(double number) {
    std::string digits(32, '\0');
    digits.resize(static_cast<std::size_t>(
        std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr - digits.data()
    ));
    return digits;
  }

  void write_map(const SchemaNode& node, const Value& map, const std::string& path) {
    out_ += '{';
    bool first = true;
    for (const SchemaNode::Property& property : node.properties) write_property(node, property, map, path, first);
    for (const Value::Member& member : map.members) {
      if (!node.property(member.key)) write_extra(node, member, path, first);
    }
    out_ += '}';
  }

  void write_name(std::string_view name, bool& first) {
    if (!first) out_ += ',';
    first = false;
    out_ += json_string(name) + ":";
  }

  void write_property(
      const SchemaNode& parent, const SchemaNode::Property& property, const Value& map, const std::string& path,
      bool& first
  ) {
    const Value* given = map.find(property.name);
    if (given) {
      write_name(property.name, first);
      return write(property.node, *given, below(path, property.name));
    }
    if (property.node.fallback) {
      write_name(property.name, first);
      Value value = *property.node.fallback;
      value.position = map.position;
      return write_default(property.node, value, below(path, property.name));
    }
    if (parent.is_required(property.name))
      report(map, below(path, property.name), "is missing", property.node.description);
  }

  // A default was written by the plugin's author: numbers in a unit are what the plugin gets, no secret is literal, and
  // an empty path is none.
  void write_default(const SchemaNode& node, const Value& value, const std::string& path) {
    bool no_path = node.format == SchemaFormat::Path && value.is(Value::Kind::String) && value.text.empty();
    bool converted =
        value.is(Value::Kind::Number) || node.format == SchemaFormat::Secret || value.is(Value::Kind::Null) || no_path;
    if (node.format != SchemaFormat::None && converted) {
      out_ += to_json(value);
    } else {
      write(node, value, path);
    }
  }

  void write_extra(const SchemaNode& node, const Value::Member& member, const std::string& path, bool& first) {
    std::string at = below(path, member.key);
    if (!node.open && !node.extra) {
      std::vector<std::string> known = names_of(node);
      std::string note = known.empty() ? "nothing can be set here" : "known: " + listed(known);
      std::string hint = did_you_mean(member.key, known);
      return report_at(member.position, member.width, at, "unknown key" + hint, hint.empty() ? note : "");
    }
    write_name(member.key, first);
    if (node.extra) return write(*node.extra, member.value, at);
    out_ += to_json(member.value);
  }

  void write_list(const SchemaNode& node, const Value& list, const std::string& path) {
    if (list.items.size() < node.min_items) report(list, path, "needs at least " + std::to_string(node.min_items));
    out_ += '[';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) out_ += ',';
      if (node.items) {
        write(*node.items, list.items[i], path + "[" + std::to_string(i) + "]");
      } else {
        out_ += to_json(list.items[i]);
      }
    }
    out_ += ']';
  }

  void write_format(const SchemaNode& node, const Value& value, const std::string& path) {
    switch (node.format) {
      case SchemaFormat::Duration:
        return write_quantity(node, value, path, "a duration such as 5s or 30d");
      case SchemaFormat::Bytes:
        return write_quantity(node, value, path, "a size such as 64MiB");
      case SchemaFormat::Path:
        return write_path(node, value, path);
      case SchemaFormat::Secret:
        return write_secret(value, path);
      case SchemaFormat::Mapping:
        return write_mapping(node, value, path);
      case SchemaFormat::None:
        return;
    }
  }

  void write_quantity(const SchemaNode& node, const Value& value, const std::string& path, const std::string& wanted) {
    bool plain_bytes = node.format == SchemaFormat::Bytes && value.is(Value::Kind::Number);
    if (!value.is(Value::Kind::String) && !plain_bytes) return report_unit(value, path, wanted);
    Value number = value;
    number.kind = Value::Kind::Number;
    if (node.format == SchemaFormat::Duration) {
      Result<std::chrono::milliseconds> read = parse_duration(value.text);
      if (read.has_error()) return report_unit(value, path, wanted);
      number.text = std::to_string(read->count());
    } else {
      Result<std::uint64_t> read = parse_bytes(value.text);
      if (read.has_error()) return report_unit(value, path, wanted);
      number.text = std::to_string(*read);
    }
    check_quantity_range(node, number, value, path);
    out_ += number.text;
  }
  void report_unit(const Value& value, const std::string& path, const std::string& wanted) {
    report(value, path, "expected " + wanted + ", got " + shown(value));
  }

  // Bounds of durations are milliseconds, of sizes bytes; they are told in the unit people write.
  void check_quantity_range(const SchemaNode& node, const Value& number, const Value& value, const std::string& path) {
    double amount = number_of(number.text);
    auto told = [&](double limit) {
      auto whole = static_cast<std::int64_t>(limit);
      bool time = node.format == SchemaFormat::Duration;
      return time ? duration_text(std::chrono::milliseconds(whole)) : bytes_text(static_cast<std::uint64_t>(whole));
    };
    if (node.minimum && amount < *node.minimum)
      report(value, path, shown(value) + " is too small; the least is " + told(*node.minimum));
    if (node.maximum && amount > *node.maximum)
      report(value, path, shown(value) + " is too large; the most is " + told(*node.maximum));
  }

  bool is_path(const Value& value, const std::string& path) {
    if (value.is(Value::Kind::String) && !value.text.empty()) return true;
    std::string got = value.is(Value::Kind::String) ? "an empty string" : shown(value);
    return report(value, path, "expected a path, got " + got), false;
  }
  std::string resolved(const Value& value) const {
    return (std::filesystem::path(place_.folder) / value.text).lexically_normal().string();
  }

  void write_path(const SchemaNode& node, const Value& value, const std::string& path) {
    if (!is_path(value, path)) return;
    bool standard_stream = value.text == "-";
    std::string file = standard_stream ? value.text : resolved(value);
    if (place_.files) note_file(node.reads, file, value, path);
    out_ += json_string(file);
  }

  void note_file(SchemaReads reads, const std::string& file, const Value& value, const std::string& path) {
    if (reads == SchemaReads::Messages && file == "-") place_.files->standard_input = true;
    if (reads != SchemaReads::Settings && reads != SchemaReads::Observations) return;
    if (Result<void> found = find_text_file(file); found.has_error())
      return report(value, path, file + ": " + std::string(found.error().message()));
    place_.files->read.push_back(file);
    if (reads == SchemaReads::Observations) place_.files->observations.push_back({path, file, value.position});
  }

  // What the file says, checked as if it stood here; its faults are told with its own lines.
  void write_mapping(const SchemaNode& node, const Value& value, const std::string& path) {
    if (!is_path(value, path)) return;
    std::string file = resolved(value);
    Result<std::string> text = read_text_file(file, kMaxYamlBytes);
    if (text.has_error()) return report(value, path, file + ": " + std::string(text.error().message()));
    if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
    if (place_.files) place_.files->mappings.push_back(file);
    std::optional<Value> root = parse_yaml(file, *text, problems_);
    if (!root || !node.content) return;
    Place inside{file, "", std::filesystem::path(file).parent_path().string(), place_.files};
    Check check(inside, problems_);
    check.write(*node.content, *root, "");
    out_ += check.take();
  }

  void write_secret(const Value& value, const std::string& path) {
    if (!value.is(Value::Kind::String))
      return report(value, path, "expected a secret by reference, got " + std::string(kind_name(value.kind)));
    if (!value.from_reference) {
      return report(
          value, path, "is a secret and must not stand in the file; write ${env:NAME} or ${file:/path} instead"
      );
    }
    out_ += json_string(value.text);
  }

  const Place& place_;
  Diagnostics& problems_;
  std::string out_;
};

}  // namespace

Result<Schema> Schema::parse(std::string_view json) {
  AORTA_TRY(root, read_schema(json));
  return Schema(std::move(root));
}

std::string Schema::canonical(const Value& value, const Place& place, Diagnostics& problems) const {
  Check check(place, problems);
  check.write(*root_, value, place.path);
  return check.take();
}

}  // namespace aorta::config
