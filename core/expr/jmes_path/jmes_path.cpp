#include "core/expr/expression.hpp"
#include "core/expr/jmes_path/evaluator.hpp"
#include "core/expr/jmes_path/explain.hpp"
#include "core/expr/jmes_path/parser.hpp"
#include "core/expr/jmes_path/required_names.hpp"

namespace aorta::expr {
namespace {

using jmes_path::Evaluator;
using jmes_path::Program;
using jmes_path::Value;

// a.b.c as a route, else nothing.
std::optional<Route> route_of(const Program& program) {
  using jmes_path::Op;
  using jmes_path::Step;
  const Step& root = program.steps[program.root];
  Route route;
  if (root.op == Op::Name) {
    route.add_name(root.name.text());
    return route;
  }
  if (!root.is_of_names) return std::nullopt;
  for (jmes_path::StepId i = root.first; i != jmes_path::kNoStep; i = program.steps[i].next)
    route.add_name(program.steps[i].name.text());
  return route;
}

class JmesPathPlan : public Plan {
 public:
  explicit JmesPathPlan(std::unique_ptr<const Program> program)
      : program_(std::move(program)),
        required_names_(jmes_path::required_names(*program_)),
        route_(route_of(*program_)) {}

  Result<void> select(const document::Node& root, Arena& arena, Tokens& out) const override {
    Evaluator evaluator(*program_, arena);
    Value value = evaluator.run(root);
    if (value.failed()) return evaluator.error();
    if (value.is_projection()) return select_items(evaluator, value, out);
    if (value.token()->kind != document::Kind::Null) out.nodes.push_back(value.token());
    return {};
  }

  std::span<const std::string> required_names() const override { return required_names_; }
  Shortcut shortcut() const override { return {route_ ? &*route_ : nullptr, true}; }

  std::optional<NearMiss> explain(const document::Node& root, Arena& arena) const override {
    return jmes_path::explain(*program_, root, arena);
  }

 private:
  static Result<void> select_items(Evaluator& evaluator, const Value& value, Tokens& out) {
    out.projection = true;
    for (const Value& projected : value.items()) {
      const document::Node* item = evaluator.to_token(projected);
      if (!item) return evaluator.error();
      out.nodes.push_back(item);
    }
    return {};
  }

  std::unique_ptr<const Program> program_;
  std::vector<std::string> required_names_;
  std::optional<Route> route_;
};

}  // namespace

Result<std::unique_ptr<const Plan>> compile_jmes_path(std::string_view text) {
  AORTA_TRY(program, jmes_path::parse(text));
  return std::unique_ptr<const Plan>(std::make_unique<JmesPathPlan>(std::move(program)));
}

}  // namespace aorta::expr
