#include "core/fhir/value_reader.hpp"

#include <array>
#include <cmath>

#include "core/base/blank.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/number.hpp"
#include "core/document/convert.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

namespace {

struct KindName {
  std::string_view name;
  ValueKind kind;
};
constexpr std::array<KindName, 4> kKinds = {
    {{"SampledData", ValueKind::SampledData},
     {"Quantity", ValueKind::Quantity},
     {"String", ValueKind::String},
     {"CodeableConcept", ValueKind::CodeableConcept}}};

bool is_missing(const Node& node) { return node.kind == Kind::Null || node.kind == Kind::Undefined; }
bool is_null_object(const Node& node) { return is_missing(node) || (node.kind == Kind::String && node.text().empty()); }

// Only these two spellings are looked for, ValueType first, even when it is null.
Result<ValueKind> read_kind(const Node& object, Arena& arena) {
  const Node* type = document::member(object, "ValueType");
  if (!type) type = document::member(object, "valueType");
  if (!type) return Error("value-type", "Property ValueType is missing.");
  if (is_missing(*type) || type->is_container())
    return Error("value-type", "valueType must be SampledData, Quantity, String or CodeableConcept.");
  std::string name = value_text(*type, arena);
  for (const KindName& kind : kKinds) {
    if (equals_ignoring_case(name, kind.name)) return kind.kind;
  }
  return Error(
      "value-type", "unknown valueType \"" + name + "\": use SampledData, Quantity, String or CodeableConcept."
  );
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    std::size_t places = digits_at(text, at + 1);
    if (places == 0) return false;
    at += 1 + places;
  }
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  bool sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-');
  at += sign ? 2 : 1;
  std::size_t power = digits_at(text, at);
  return power > 0 && at + power == text.size();
}

// A quantity's syntax; with an exponent, that of a JSON number alone.
std::optional<Decimal> decimal_of(std::string_view text) {
  std::optional<Decimal> plain = parse_decimal(text);
  if (plain || !is_json_number(text)) return plain;
  return parse_decimal(text, DecimalSyntax::Float);
}

class ValueReader {
 public:
  ValueReader(const Node& root, Arena& arena) : root_(root), arena_(arena) {}

  Result<ValueTemplate> read() {
    AORTA_TRY(kind, read_kind(root_, arena_));
    out_.kind = kind;
    for (Child member : Children(root_)) AORTA_CHECK(read_member(member));
    return out_;
  }

 private:
  Result<void> read_member(const Child& member) {
    auto is = [&](std::string_view name) { return equals_ignoring_case(member.name, name); };
    const Node& node = *member.node;
    bool sampled = out_.kind == ValueKind::SampledData;
    bool quantity = out_.kind == ValueKind::Quantity;
    bool concept_ = out_.kind == ValueKind::CodeableConcept;
    if (is("valueName")) return read_text(node, out_.name);
    if ((sampled || quantity) && is("unit")) return read_text(node, out_.unit);
    if (quantity && is("system")) return read_text(node, out_.system);
    if (quantity && is("code")) return read_text(node, out_.code);
    if (sampled && is("defaultPeriod")) return read_period(node);
    if (concept_ && is("text")) return read_text(node, out_.text);
    if (concept_ && is("codes")) return read_codes(node);
    return {};
  }

  Result<void> read_text(const Node& node, std::optional<std::string>& out) {
    if (node.is_container()) {
      std::string bracket = node.kind == Kind::Object ? "{" : "[";
      return Error("value", "Unexpected character encountered while parsing value: " + bracket + ".");
    }
    out = is_missing(node) ? std::nullopt : std::optional(value_text(node, arena_));
    return {};
  }

  Result<void> read_period(const Node& node) {
    out_.default_period.reset();
    if (is_null_object(node)) return {};
    if (!node.is_container() && node.kind != Kind::Boolean) out_.default_period = decimal_of(value_text(node, arena_));
    if (out_.default_period) return {};
    std::string text = node.is_container() ? "a list or object" : value_text(node, arena_);
    return Error("value", "Could not convert string to decimal: " + text + ".");
  }

  Result<void> read_codes(const Node& node) {
    if (is_null_object(node)) {
      out_.codes.reset();
      return {};
    }
    if (node.kind != Kind::Array) return misplaced("codes must be a list of codes", node);
    if (!out_.codes) out_.codes.emplace();
    for (Child item : Children(node)) AORTA_CHECK(read_code(*item.node));
    return {};
  }

  Result<void> read_code(const Node& node) {
    if (is_null_object(node)) {
      out_.codes->emplace_back();
      return {};
    }
    if (node.kind != Kind::Object) return misplaced("a code must be an object", node);
    Code code;
    for (Child member : Children(node)) {
      std::optional<std::string>* to = equals_ignoring_case(member.name, "code")      ? &code.code
                                       : equals_ignoring_case(member.name, "system")  ? &code.system
                                       : equals_ignoring_case(member.name, "display") ? &code.display
                                                                                      : nullptr;
      if (to) AORTA_CHECK(read_text(*member.node, *to));
    }
    out_.codes->push_back(std::move(code));
    return {};
  }

  // Noticed at the first member's name where it is an object, like shape_place().
  Error misplaced(std::string message, const Node& node) {
    return Error("value", std::move(message)).at({}, place_when_indented(root_, node, arena_));
  }

  const Node& root_;
  Arena& arena_;
  ValueTemplate out_;
};

// Writes a tree as the reference's serializer does with indentation, until `target` stands.
class IndentedWriter {
 public:
  IndentedWriter(const Node& target, Arena& arena) : target_(target), arena_(arena) {}

  bool write(const Node& node, std::size_t level) {
    if (!node.is_container()) {
      scalar(node);
      return &node == &target_;
    }
    text_ += node.kind == Kind::Object ? '{' : '[';
    bool found = &node == &target_;
    if (found && (node.kind != Kind::Object || node.count == 0)) return true;
    bool first = true;
    for (Child child : Children(node)) {
      if (!first) text_ += ',';
      first = false;
      line(level + 1);
      if (child.named) {
        document::append_json_string(text_, child.name);
        text_ += ":";
        if (found) return true;
        text_ += ' ';
      }
      if (write(*child.node, level + 1)) return true;
    }
    if (!first) line(level);
    text_ += node.kind == Kind::Object ? '}' : ']';
    return false;
  }

  Position place() const {
    Position out{1, 0};
    for (char c : text_) {
      if (c == '\n') {
        out = {out.line + 1, 0};
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        out.column += static_cast<unsigned char>(c) >= 0xF0 ? 2 : 1;
      }
    }
    return out;
  }

 private:
  void line(std::size_t level) {
    text_ += '\n';
    text_.append(level * 2, ' ');
  }
  void scalar(const Node& node) {
    if (node.kind == Kind::String || node.kind == Kind::Date) {
      document::append_json_string(text_, value_text(node, arena_));
    } else {
      text_ += is_missing(node) ? std::string("null") : value_text(node, arena_);
    }
  }

  const Node& target_;
  Arena& arena_;
  std::string text_;
};

}  // namespace

std::string value_text(const Node& scalar, Arena& arena) {
  switch (scalar.kind) {
    case Kind::Date:
      return iso_text({scalar.integer, static_cast<DateTime::Zone>(scalar.zone)});
    case Kind::Float:
      return std::isfinite(scalar.number) ? float_json(scalar.number) : float_text(scalar.number);
    case Kind::Boolean:
      return scalar.boolean ? "true" : "false";
    case Kind::BigInteger:
      return std::string(scalar.text());
    default:
      return std::string(document::to_text(scalar, arena).text);
  }
}

ValueRead read_value_template(const Node& node, Arena& arena) {
  if (node.kind != Kind::Object) {
    return {
        {},
        mapping::Problem{
            "\"value\" must be an object with valueType and valueName; leave it out where there is none.", {}}};
  }
  Result<ValueTemplate> read = ValueReader(node, arena).read();
  if (read.has_value()) return {std::move(*read), {}};
  Error error = read.error();
  return {{}, mapping::Problem{std::string(error.message()), error.position()}};
}

Position place_when_indented(const Node& root, const Node& target, Arena& arena) {
  IndentedWriter writer(target, arena);
  writer.write(root, 0);
  return writer.place();
}

}  // namespace aorta::fhir
