#include "core/expr/jmes_path/render.hpp"

#include <algorithm>

#include "core/document/convert.hpp"
#include "core/expr/jmes_path/functions.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Kind;
using document::Node;

std::string_view operator_text(Op op) {
  switch (op) {
    case Op::Equal:
      return "==";
    case Op::NotEqual:
      return "!=";
    case Op::Less:
      return "<";
    case Op::LessEqual:
      return "<=";
    case Op::Greater:
      return ">";
    default:
      return ">=";
  }
}

class Renderer {
 public:
  explicit Renderer(const Program& program) : program_(program) {}

  std::string first_steps(const Step& path, std::size_t steps) const {
    std::string out;
    const Step* at = &first(path);
    for (std::size_t i = 0; i < steps; ++i) {
      std::string part = text_of(*at);
      bool dot = !out.empty() && part.front() != '[';
      out += (dot ? "." : "") + part;
      if (at->next != kNoStep) at = &program_.steps[at->next];
    }
    return out;
  }

  std::string pair_text(const Step& step, std::string_view between) const {
    return operand_text(step, first(step)) + std::string(between) + operand_text(step, second(step));
  }

  // In brackets where the tree would not be read that way without them.
  std::string operand_text(const Step& parent, const Step& step) const {
    bool joins = step.op == Op::Pipe || step.op == Op::Or || step.op == Op::And;
    return joins && step.op != parent.op ? "(" + text_of(step) + ")" : text_of(step);
  }

  std::string list_text(const Step& step) const {
    std::string out;
    const Step* at = step.first == kNoStep ? nullptr : &first(step);
    for (; at; at = at->next == kNoStep ? nullptr : &program_.steps[at->next]) {
      out += out.empty() ? "" : ", ";
      if (step.op == Op::Hash) (out += at->key) += ": ";
      out += (at->reference ? "&" : "") + text_of(*at);
    }
    return out;
  }

  static std::string name_text(std::string_view name) {
    auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    bool bare = !name.empty() && std::all_of(name.begin(), name.end(), plain) && !(name[0] >= '0' && name[0] <= '9');
    if (bare) return std::string(name);
    std::string out;
    document::append_json_string(out, name);
    return out;
  }

  static std::string value_text(const Node& value) {
    if (value.kind == Kind::String) return "'" + std::string(value.text()) + "'";
    std::string out = "`";
    document::append_json(out, value);
    return out + "`";
  }

  static std::string slice_text(const Slice& slice) {
    auto number = [](const std::optional<std::int32_t>& n) { return n ? std::to_string(*n) : std::string(); };
    std::string out = "[" + number(slice.start) + ":" + number(slice.stop);
    return (slice.step ? out + ":" + number(slice.step) : out) + "]";
  }

  std::string text_of(const Step& step) const {
    switch (step.op) {
      case Op::Current:
        return "@";
      case Op::Name:
        return name_text(step.name.text());
      case Op::Index:
        return "[" + std::to_string(step.index) + "]";
      case Op::Slice:
        return slice_text(step.slice);
      case Op::Elements:
        return "[*]";
      case Op::Members:
        return "*";
      case Op::Flatten:
        return "[]";
      case Op::Filter:
        return "[?" + text_of(first(step)) + "]";
      case Op::Path:
        return first_steps(step, step.count);
      case Op::Not:
        return "!" + text_of(first(step));
      case Op::List:
        return "[" + list_text(step) + "]";
      case Op::Hash:
        return "{" + list_text(step) + "}";
      case Op::Value:
        return value_text(*step.value);
      case Op::Call:
        return std::string(step.function->name) + "(" + list_text(step) + ")";
      case Op::Pipe:
        return pair_text(step, " | ");
      case Op::Or:
        return pair_text(step, " || ");
      case Op::And:
        return pair_text(step, " && ");
      default:
        return pair_text(step, " " + std::string(operator_text(step.op)) + " ");
    }
  }

 private:
  const Step& first(const Step& step) const { return program_.steps[step.first]; }
  const Step& second(const Step& step) const { return program_.steps[first(step).next]; }

  const Program& program_;
};

}  // namespace

std::string text_of(const Program& program, const Step& step) { return Renderer(program).text_of(step); }
std::string text_of_first(const Program& program, const Step& path, std::size_t steps) {
  return Renderer(program).first_steps(path, steps);
}

}  // namespace aorta::expr::jmes_path
