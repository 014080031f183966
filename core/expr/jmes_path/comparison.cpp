#include "core/expr/jmes_path/comparison.hpp"

#include "core/base/number.hpp"
#include "core/document/convert.hpp"
#include "core/expr/compare.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Kind;
using document::Node;

template <class T>
bool holds(Op op, T left, T right) {
  switch (op) {
    case Op::Less:
      return left < right;
    case Op::LessEqual:
      return left <= right;
    case Op::Greater:
      return left > right;
    default:
      return left >= right;
  }
}

bool is_text(const Node& token) {
  return token.kind == Kind::String || token.kind == Kind::Date || token.kind == Kind::Null;
}

int compare_texts(const Node& left, const Node& right, Arena& arena) {
  bool left_null = left.kind == Kind::Null;
  bool right_null = right.kind == Kind::Null;
  if (left_null || right_null) return static_cast<int>(right_null) - static_cast<int>(left_null);
  return compare_ordinal(text_of(left, arena), text_of(right, arena));
}

}  // namespace

std::optional<bool> in_order(Op op, const Node& left, const Node& right, Arena& arena) {
  if (left.is_number() && right.is_number()) return holds(op, number_of(left), number_of(right));
  if (is_text(left) && is_text(right)) return holds(op, compare_texts(left, right, arena), 0);
  return {};
}

double number_of(const Node& number) {
  switch (number.kind) {
    case Kind::Integer:
      return static_cast<double>(number.integer);
    case Kind::Float:
      return number.number;
    default:
      return parse_float(number.text());
  }
}

std::string_view text_of(const Node& text, Arena& arena) {
  return text.kind == Kind::String ? text.text() : document::to_text(text, arena).text;
}

}  // namespace aorta::expr::jmes_path
