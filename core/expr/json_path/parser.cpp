#include "core/expr/json_path/parser.hpp"

#include <algorithm>
#include <utility>

#include "core/base/unicode.hpp"
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

void add_routes(Program& program) {
  add_route(program.path);
  for (auto& predicate : program.predicates) {
    for (auto& term : predicate->terms) {
      if (term->left.path) add_route(*term->left.path);
      if (term->right.path) add_route(*term->right.path);
    }
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
  // Long expressions are told by their beginning, up to a whole character; a message is read by people.
  constexpr std::size_t kShown = 200;
  std::size_t shown = std::min(expression.size(), kShown);
  while (shown > 0 && shown < expression.size() && (static_cast<unsigned char>(expression[shown]) & 0xC0) == 0x80)
    --shown;
  std::string_view before = expression.substr(0, offset);
  std::size_t column = (is_utf8(before, Surrogates::Allow) ? utf16_size(before) : before.size()) + 1;
  std::string out = "JSONPath `";
  out += expression.substr(0, shown);
  if (shown < expression.size()) out += "…";
  out += "`, column " + std::to_string(column) + ": ";
  return out += cause;
}

}  // namespace aorta::expr::json_path
