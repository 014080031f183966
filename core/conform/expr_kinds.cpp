// The kinds of expressions: jsonpath, jmespath.
#include "core/conform/kinds.hpp"
#include "core/document/convert.hpp"
#include "core/expr/expression.hpp"

namespace aorta::conform {
namespace {

using document::Document;
using document::Node;
using expr::Expression;
using expr::Language;

std::string_view type_name(document::Kind kind) {
  switch (kind) {
    case document::Kind::Null:
      return "Null";
    case document::Kind::Undefined:
      return "Undefined";
    case document::Kind::Boolean:
      return "Boolean";
    case document::Kind::Integer:
    case document::Kind::BigInteger:
      return "Integer";
    case document::Kind::Float:
      return "Float";
    case document::Kind::String:
      return "String";
    case document::Kind::Date:
      return "Date";
    case document::Kind::Array:
      return "Array";
    case document::Kind::Object:
      return "Object";
    case document::Kind::Property:
      return "Property";
    default:
      return "Constructor";
  }
}

// {"type":…,"json":…}, null for no token.
void append_token(std::string& out, const Node* node) {
  if (!node) {
    out += "null";
    return;
  }
  std::string json;
  document::append_json(json, *node);
  out += "{\"type\":\"";
  out += type_name(node->kind);
  out += "\",\"json\":";
  document::append_json_string(out, json);
  out += '}';
}

void append_tokens(std::string& out, const expr::Tokens& tokens) {
  out += '[';
  for (const Node* node : tokens.nodes) {
    if (out.back() != '[') out += ',';
    append_token(out, node);
  }
  out += ']';
}

Answer error_of(const Error& error) { return error_answer(error.reason(), error.message()); }

}  // namespace

Answer json_path(const Node& request) {
  Document data;
  Result<void> read = data.read_value(text_of(request, "data"));
  if (read.has_error()) return error_of(read.error());
  Result<Expression> path = Expression::compile(Language::JsonPath, text_of(request, "expression"));
  if (path.has_error()) return error_of(path.error());

  expr::Tokens tokens;
  Answer out = "\"result\":";
  if (text_of(request, "select") == "token") {
    Result<const Node*> token = path->one(data.root(), data.arena(), tokens);
    if (token.has_error()) return error_of(token.error());
    append_token(out, *token);
    return out;
  }
  Result<void> matched = path->match(data.root(), data.arena(), tokens);
  if (matched.has_error()) return error_of(matched.error());
  append_tokens(out, tokens);
  return out;
}

Answer jmes_path(const Node& request) {
  Document data;
  Result<void> read = data.read_value(text_of(request, "data"));
  if (read.has_error()) return error_of(read.error());
  Result<Expression> expression = Expression::compile(Language::JmesPath, text_of(request, "expression"));
  if (expression.has_error()) return error_of(expression.error());

  expr::Tokens tokens;
  Result<void> matched = expression->match(data.root(), data.arena(), tokens);
  if (matched.has_error()) return error_of(matched.error());
  Answer out = tokens.projection ? "\"projection\":true,\"result\":" : "\"projection\":false,\"result\":";
  if (tokens.projection) {
    append_tokens(out, tokens);
  } else {
    append_token(out, tokens.nodes.empty() ? document::make_null() : tokens.nodes.front());
  }
  return out;
}

}  // namespace aorta::conform
