#include "core/expr/json_path/render.hpp"

#include "core/document/convert.hpp"
#include "core/document/node_path.hpp"

namespace aorta::expr::json_path {
namespace {

using Kind = Step::Kind;

bool is_scan(Kind kind) {
  return kind == Kind::ScanMember || kind == Kind::ScanAny || kind == Kind::ScanMembers || kind == Kind::ScanFilter;
}

template <class Items, class Text>
std::string joined(const Items& items, Text text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ",") + text(item);
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string member_text(const Step& step) {
  std::string out;
  document::append_member_step(out, step.names.front());
  bool scan = step.kind == Kind::ScanMember;
  return scan && out.front() == '[' ? ".." + out : (scan ? "." : "") + out;
}

std::string slice_text(const Slice& slice) {
  auto number = [](const std::optional<std::int32_t>& n) { return n ? std::to_string(*n) : std::string(); };
  std::string out = number(slice.start) + ":" + number(slice.end);
  return slice.step ? out + ":" + number(slice.step) : out;
}

std::string_view operator_text(Operator op) {
  switch (op) {
    case Operator::Exists:
      return "";
    case Operator::Equal:
      return "==";
    case Operator::NotEqual:
      return "!=";
    case Operator::StrictEqual:
      return "===";
    case Operator::StrictNotEqual:
      return "!==";
    case Operator::Less:
      return "<";
    case Operator::LessOrEqual:
      return "<=";
    case Operator::Greater:
      return ">";
    case Operator::GreaterOrEqual:
      return ">=";
    case Operator::Matches:
      return "=~";
  }
  return "";
}

std::string literal_text(const Side& side, bool pattern) {
  if (side.literal.kind == document::Kind::String) return pattern ? side.text : quoted(side.text);
  std::string out;
  document::append_json(out, side.literal);
  return out;
}

std::string side_text(const Program& program, const Side& side, bool pattern) {
  if (!side.path) return literal_text(side, pattern);
  return text_of(program, *side.path, side.path->steps.size(), side.path->from_root ? '$' : '@');
}

std::string predicate_text(const Program& program, const Predicate& predicate) {
  std::string out;
  for (std::size_t i = 0; i < predicate.tests.size(); ++i) {
    // A test's run says how it is joined with the next one.
    if (i > 0) out += predicate.tests[i - 1].in_or ? " || " : " && ";
    out += text_of(program, *predicate.terms[predicate.tests[i].term]);
  }
  return out;
}

std::string bracket_text(const Program& program, const Step& step) {
  switch (step.kind) {
    case Kind::Members:
    case Kind::ScanMembers:
      return joined(step.names, quoted);
    case Kind::Element:
    case Kind::Elements:
      return joined(step.positions, [](std::int32_t n) { return std::to_string(n); });
    case Kind::Slice:
      return slice_text(step.slice);
    case Kind::Filter:
    case Kind::ScanFilter:
      return "?(" + predicate_text(program, *program.predicates[step.predicate]) + ")";
    default:
      return "*";
  }
}

}  // namespace

std::string text_of(const Program& program, const Step& step) {
  if (step.kind == Kind::Member || step.kind == Kind::ScanMember) return member_text(step);
  if (step.kind == Kind::AnyMember) return ".*";
  if (step.kind == Kind::ScanAny) return "..*";
  return (is_scan(step.kind) ? "..[" : "[") + bracket_text(program, step) + "]";
}

std::string text_of(const Program& program, const Path& path, std::size_t steps, char start) {
  std::string out(1, start);
  for (std::size_t i = 0; i < steps; ++i) out += text_of(program, path.steps[i]);
  return out;
}

std::string text_of(const Program& program, const Term& term) {
  std::string out = side_text(program, term.left, false);
  if (term.op == Operator::Exists) return out;
  ((out += ' ') += operator_text(term.op)) += ' ';
  return out + side_text(program, term.right, term.op == Operator::Matches);
}

}  // namespace aorta::expr::json_path
