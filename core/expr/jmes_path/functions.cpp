#include "core/expr/jmes_path/functions.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace aorta::expr::jmes_path {
namespace {

using document::Kind;
using document::Node;

constexpr Kinds kLengthy = kString | kArray | kObject;

// In the order of their names.
constexpr std::array kFunctions{
    Function{"abs", abs, 1, false, {kNumber}},
    Function{"add", add, 2, false, {kNumber, kNumber}, add_wholes},
    Function{"avg", avg, 1, false, {kArray}},
    Function{"ceil", ceil, 1, false, {kNumber}},
    Function{"contains", contains, 2, false, {kString | kArray, kAnything}},
    Function{"divide", divide, 2, false, {kNumber, kNumber}},
    Function{"ends_with", ends_with, 2, false, {kString, kString}},
    Function{"floor", floor, 1, false, {kNumber}},
    Function{"fromUnixTimestamp", from_unix_timestamp, 1, false, {kInteger}},
    Function{"fromUnixTimestampMs", from_unix_timestamp_ms, 1, false, {kInteger}},
    Function{"insertString", insert_string, 3, false, {kText, kText, kInteger}},
    Function{"join", join, 2, false, {kString, kArray}},
    Function{"keys", keys, 1, false, {kObject}},
    Function{"length", length, 1, false, {kLengthy}},
    Function{"map", map, 2, false, {kReference, kArray}},
    Function{"max", max, 1, false, {kArray}},
    Function{"max_by", max_by, 2, false, {kArray, kReference}},
    Function{"merge", merge, 1, true, {kObject}},
    Function{"min", min, 1, false, {kArray}},
    Function{"min_by", min_by, 2, false, {kArray, kReference}},
    Function{"multiply", multiply, 2, false, {kNumber, kNumber}, multiply_wholes},
    Function{"not_null", not_null, 1, true, {kAnything}},
    Function{"pow", pow, 2, false, {kNumber, kNumber}},
    Function{"reverse", reverse, 1, false, {kString | kArray}},
    Function{"sort", sort, 1, false, {kArray}},
    Function{"sort_by", sort_by, 2, false, {kArray, kReference}},
    Function{"starts_with", starts_with, 2, false, {kString, kString}},
    Function{"subtract", subtract, 2, false, {kNumber, kNumber}, subtract_wholes},
    Function{"sum", sum, 1, false, {kArray}},
    Function{"to_array", to_array, 1, false, {kAnything}},
    Function{"to_number", to_number, 1, false, {kJson}},
    Function{"to_string", to_string, 1, false, {kJson}},
    Function{"type", type, 1, false, {kJson}},
    Function{"values", values, 1, false, {kObject}},
};

struct NamedKinds {
  Kinds kinds;
  std::string_view name;
};

// Wider sets stand before their parts.
constexpr std::array kNames{
    NamedKinds{kNumber, "number"},         NamedKinds{kInteger, "integer"}, NamedKinds{kString, "string"},
    NamedKinds{kText, "string (no date)"}, NamedKinds{kBoolean, "boolean"}, NamedKinds{kNull, "null"},
    NamedKinds{kArray, "array"},           NamedKinds{kObject, "object"},
};

// "string, array or object"
std::string names_of(Kinds kinds) {
  if (kinds == kReference) return "&expression";
  if ((kinds & kJson) == kJson) return "JSON value";
  std::string out;
  for (const NamedKinds& named : kNames) {
    if ((kinds & named.kinds) != named.kinds) continue;
    kinds &= ~named.kinds;
    out += out.empty() ? "" : kinds == 0 ? " or " : ", ";
    out += named.name;
  }
  return out;
}

Kinds kind_of(const Argument& argument) { return argument.reference ? kReference : bit(argument.token->kind); }

std::string_view name_of(const Argument& argument) {
  return argument.reference ? "&expression" : type_name(*argument.token);
}

Value wrong_argument(const Call& call, Kinds wanted, std::uint32_t i, const Argument& argument) {
  std::string cause = "argument " + std::to_string(i + 1) + " must be of type " + names_of(wanted);
  return call.fail(cause + ", not " + std::string(name_of(argument)));
}

}  // namespace

Value Call::fail(std::string_view cause) const {
  return evaluator_.fail(step_, std::string(step_.function->name) + ": " + std::string(cause));
}

const Function* find_function(std::string_view name) {
  const auto* found = std::lower_bound(
      kFunctions.begin(), kFunctions.end(), name, [](const Function& f, std::string_view n) { return f.name < n; }
  );
  return found != kFunctions.end() && found->name == name ? found : nullptr;
}

Value run_function(Evaluator& evaluator, const Step& step, std::span<const Argument> arguments) {
  const Function& function = *step.function;
  Call call(evaluator, step, arguments);
  for (std::uint32_t i = 0; i < call.count(); ++i) {
    Kinds wanted = function.kinds[std::min(i, function.least - 1)];
    if ((kind_of(arguments[i]) & wanted) == 0) return wrong_argument(call, wanted, i, arguments[i]);
  }
  return function.run(call);
}

std::string_view type_name(const Node& token) {
  switch (token.kind) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return "boolean";
    case Kind::Integer:
    case Kind::BigInteger:
    case Kind::Float:
      return "number";
    case Kind::String:
    case Kind::Date:
      return "string";
    case Kind::Array:
      return "array";
    case Kind::Object:
      return "object";
    case Kind::Undefined:
      return "undefined";
    case Kind::Property:
      return "property";
    case Kind::Constructor:
      return "constructor";
  }
  return "unknown";
}

}  // namespace aorta::expr::jmes_path
