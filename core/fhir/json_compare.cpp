#include "core/fhir/json_compare.hpp"

#include "core/base/decimal.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

namespace {

bool is_nothing(const Node& node) {
  if (node.kind == Kind::Null || node.kind == Kind::Undefined) return true;
  if (!node.is_container()) return false;
  for (Child child : Children(node)) {
    if (!is_nothing(*child.node)) return false;
  }
  return true;
}

bool same_number(const Node& a, const Node& b) {
  if (a.text() == b.text()) return true;
  std::optional<Decimal> x = parse_decimal(a.text(), DecimalSyntax::Float);
  return x && x == parse_decimal(b.text(), DecimalSyntax::Float);
}

// Every member of `a` that says something is in `b`, alike.
bool covers(const Node& a, const Node& b, std::size_t& members) {
  for (Child child : Children(a)) {
    if (is_nothing(*child.node)) continue;
    ++members;
    const Node* other = document::member(b, child.name);
    if (!other || !same_content(*child.node, *other)) return false;
  }
  return true;
}

std::size_t count(const Node& node) {
  std::size_t out = 0;
  for (Child child : Children(node)) out += is_nothing(*child.node) ? 0 : 1;
  return out;
}

bool same_list(const Node& a, const Node& b) {
  Children left(a);
  Children right(b);
  auto x = left.begin();
  auto y = right.begin();
  for (;; ++x, ++y) {
    while (x != left.end() && is_nothing(*(*x).node)) ++x;
    while (y != right.end() && is_nothing(*(*y).node)) ++y;
    bool more = x != left.end();
    if (more != (y != right.end())) return false;
    if (!more) return true;
    if (!same_content(*(*x).node, *(*y).node)) return false;
  }
}

}  // namespace

bool same_content(const Node& a, const Node& b) {
  if (is_nothing(a) || is_nothing(b)) return is_nothing(a) && is_nothing(b);
  if (a.is_number() && b.is_number()) return same_number(a, b);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::Object: {
      std::size_t members = 0;
      return covers(a, b, members) && members == count(b);
    }
    case Kind::Array:
      return same_list(a, b);
    case Kind::Boolean:
      return a.boolean == b.boolean;
    default:
      return a.text() == b.text();
  }
}

}  // namespace aorta::fhir
