#include <utility>

#include "core/expr/expression.hpp"
#include "core/expr/json_path/evaluator.hpp"
#include "core/expr/json_path/explain.hpp"
#include "core/expr/json_path/parser.hpp"
#include "core/expr/json_path/required_names.hpp"

namespace aorta::expr {
namespace {

using json_path::Evaluator;
using json_path::Flow;
using json_path::Program;

class Collector final : public json_path::Sink {
 public:
  Collector(Tokens& out, Evaluator& evaluator) : out_(out), evaluator_(evaluator) {}
  Flow take(const document::Node& node) override {
    out_.nodes.push_back(evaluator_.keep(node));
    return out_.nodes.size() < out_.enough ? Flow::Go : Flow::Stop;
  }

 private:
  Tokens& out_;
  Evaluator& evaluator_;
};

Error failure(const Program& program, const Evaluator& evaluator) {
  std::string_view reason = evaluator.too_costly() ? "expression-too-costly" : "expression-failed";
  return Error(std::string(reason), json_path::located(program.text, evaluator.offset(), evaluator.cause()));
}

class JsonPathPlan final : public Plan {
 public:
  explicit JsonPathPlan(Program program)
      : program_(std::move(program)), required_names_(json_path::required_names(program_)) {}

  Result<void> select(const document::Node& root, Arena& arena, Tokens& out) const override {
    Evaluator evaluator(program_, root, arena, out.nodes);
    Collector collector(out, evaluator);
    if (evaluator.walk(program_.path, root, collector) == Flow::Fail) return failure(program_, evaluator);
    return {};
  }

  std::span<const std::string> required_names() const override { return required_names_; }
  Shortcut shortcut() const override { return {program_.path.route ? &*program_.path.route : nullptr, false}; }

  std::optional<NearMiss> explain(const document::Node& root, Arena& arena) const override {
    return json_path::explain(program_, root, arena);
  }

 private:
  Program program_;
  std::vector<std::string> required_names_;
};

}  // namespace

Result<std::unique_ptr<const Plan>> compile_json_path(std::string_view text) {
  AORTA_TRY(program, json_path::parse(text));
  return std::unique_ptr<const Plan>(std::make_unique<JsonPathPlan>(std::move(program)));
}

}  // namespace aorta::expr
