#include "core/expr/json_path/parser.hpp"

#include <utility>

#include "core/expr/excerpt.hpp"
#include "core/expr/json_path/path_reader.hpp"

namespace aorta::expr::json_path {
namespace {

void add_route(Path& path) {
  Route route;
  for (const Step& step : path.steps) {
    if (step.kind == Step::Kind::Member) {
      route.add_name(step.names.front());
    } else if (step.kind == Step::Kind::Element && step.positions.front() >= 0) {
      route.add_position(static_cast<std::uint32_t>(step.positions.front()));
    } else {
      return;
    }
  }
  path.route = std::move(route);
}

const Route* existence_test(const Predicate& predicate) {
  if (predicate.tests.size() != 1) return nullptr;
  const Term& only = *predicate.terms[predicate.tests.front().term];
  bool fits = only.op == Operator::Exists && only.left.path && !only.left.path->from_root && only.left.path->route;
  return fits ? &*only.left.path->route : nullptr;
}

void add_routes(Program& program) {
  add_route(program.path);
  for (auto& predicate : program.predicates) {
    for (auto& term : predicate->terms) {
      if (term->left.path) add_route(*term->left.path);
      if (term->right.path) add_route(*term->right.path);
    }
    predicate->exists = existence_test(*predicate);
  }
}

}  // namespace

Result<Program> parse(std::string_view text) {
  Program program;
  PathReader reader(text);
  if (!reader.read(program)) return reader.fault();
  add_routes(program);
  return program;
}

std::string located(std::string_view expression, std::size_t offset, std::string_view cause) {
  return "JSONPath " + excerpt_at(expression, offset) + ": " + std::string(cause);
}

}  // namespace aorta::expr::json_path
