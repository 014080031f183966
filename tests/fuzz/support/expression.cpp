#include "tests/fuzz/support/expression.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "core/base/unicode.hpp"
#include "core/document/document.hpp"
#include "tests/fuzz/support/outline.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

using document::Child;
using document::Children;
using document::Document;
using document::Node;
using expr::Expression;
using expr::Tokens;

struct Selection {
  std::string result;  // ok, or why it failed
  std::string tokens;
  std::size_t count = 0;
  bool failed = false;
};

Selection select(const Expression& expression, const Node& root, std::size_t enough) {
  Arena arena(kSmallBlock);
  Tokens tokens;
  tokens.enough = enough;
  auto matched = expression.match(root, arena, tokens);
  if (matched.has_error()) require(is_utf8(matched.error().text(), Surrogates::Allow), "an error is valid UTF-8");
  return {outline(matched), outline(tokens), tokens.nodes.size(), matched.has_error()};
}

void add_names(const Node& node, std::set<std::string_view>& names) {
  for (Child child : Children(node)) {
    if (child.named) names.insert(child.name);
    add_names(*child.node, names);
  }
}

void required_names(const Expression& expression, const Node& root, const Selection& whole) {
  auto required = expression.required_names();
  require(std::is_sorted(required.begin(), required.end()), "required names are sorted");
  if (required.empty()) return;
  std::set<std::string_view> names;
  add_names(root, names);
  bool all = std::all_of(required.begin(), required.end(), [&](const std::string& name) { return names.count(name); });
  if (all) return;
  require(!whole.failed && whole.count == 0, "where a required name is missing, nothing is selected and nothing fails");
}

void early_end(const Expression& expression, const Node& root, const Selection& whole) {
  Selection one = select(expression, root, 1);
  require((one.count > 0) == (whole.count > 0), "an evaluation may only end early once there is enough");
  if (one.failed) require_same(one.result, whole.result, "an evaluation that ends early fails no other way");
  if (one.count <= whole.count && !whole.tokens.starts_with("projection"))
    require(whole.tokens.starts_with(one.tokens), "an evaluation that ends early selects the first");
}

void single_token(const Expression& expression, const Node& root, const Selection& whole) {
  Arena arena(kSmallBlock);
  Tokens scratch;
  auto token = expression.one(root, arena, scratch);
  if (token.has_error() || whole.failed || whole.count > 1) return;
  require(whole.count == 0 || *token != nullptr, "what is selected alone is the one token");
}

void evaluate(const Expression& expression, const Expression& twin, const std::string& data) {
  Document document;
  Document copy;
  if (document.read_value(data).has_error() || copy.read_value(data).has_error()) return;
  std::string before = outline(document.root());
  double start = processor_time();
  Selection whole = select(expression, document.root(), Tokens::kAll);
  bool dear = processor_time() - start > 0.2;
  Selection again = select(twin, copy.root(), Tokens::kAll);
  require_same(whole.result, again.result, "evaluating twice ends the same");
  require_same(whole.tokens, again.tokens, "evaluating twice selects the same");
  require_same(outline(document.root()), before, "an evaluation changes no document");
  required_names(expression, document.root(), whole);
  if (dear) return;  // twice is enough
  early_end(expression, document.root(), whole);
  single_token(expression, document.root(), whole);
}

}  // namespace

void check_expression(expr::Language language, std::string_view input) {
  Arena arena(kSmallBlock);
  std::string text(valid_utf8(take_part(input), Surrogates::Allow, arena));
  auto expression = Expression::compile(language, text);
  auto twin = Expression::compile(language, std::string(text));
  require(expression.has_error() == twin.has_error(), "compiling twice ends the same");
  if (expression.has_error()) {
    require_same(expression.error().text(), twin.error().text(), "compiling twice fails the same");
    require(is_utf8(expression.error().text(), Surrogates::Allow), "an error is valid UTF-8");
    return require(!expression.error().message().empty(), "an error says what is wrong");
  }
  evaluate(*expression, *twin, std::string(input));
}

}  // namespace aorta::fuzz
