#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "core/document/document.hpp"
#include "core/expr/expression.hpp"

using namespace aorta;
using expr::Expression;
using expr::Language;

namespace {

std::string names_of(std::string_view path) {
  Result<Expression> expression = Expression::compile(Language::JsonPath, path);
  REQUIRE(expression.has_value());
  std::string out;
  for (const std::string& name : expression->required_names()) out += out.empty() ? name : " " + name;
  return out;
}

void gather_names(const document::Node& node, std::set<std::string>& out) {
  for (document::Child child : document::Children(node)) {
    if (child.named) out.emplace(child.name);
    gather_names(*child.node, out);
  }
}

struct Case {
  std::string expression, data;
};

std::vector<Case> recorded_cases() {
  std::vector<Case> out;
  for (const char* file : {"own", "generated"}) {
    std::ifstream in(std::string(AORTA_SOURCE_DIR "/tests/conformance/jsonpath/") + file + ".jsonl");
    for (std::string line; std::getline(in, line);) {
      document::Document request;
      if (request.read_value(line, {.dates = false}).has_error()) continue;
      auto text = [&](const char* name) { return std::string(document::member(request.root(), name)->text()); };
      out.push_back({text("expression"), text("data")});
    }
  }
  return out;
}

bool lacks_one(const Expression& expression, const std::set<std::string>& names) {
  for (const std::string& name : expression.required_names()) {
    if (!names.contains(name)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("required names: every name on the way, and of every condition that must hold", "[expr]") {
  CHECK(names_of("$.Body.deviceId") == "Body deviceId");
  CHECK(names_of("$..[?(@heartRate)]") == "heartRate");
  CHECK(names_of("$..[?(@.systolic && @.diastolic)].unit") == "diastolic systolic unit");
  CHECK(names_of("$..[?(@.type == 'hr' && @.value)]") == "type value");
  CHECK(names_of("$..[?(@.type =~ /^hr/)]..v") == "type v");
  CHECK(names_of("$.a[?(@.v == $.limit)]") == "a limit v");
}

TEST_CASE("required names: alternatives need what both need", "[expr]") {
  CHECK(names_of("$..[?(@.a || @.b)]") == "");
  CHECK(names_of("$..[?(@.a && @.b || @.c)]") == "a");
  CHECK(names_of("$..[?(@.a.x || @.a.y && @.a.z)]") == "a");
  CHECK(names_of("$['a','b'].c") == "c");
}

TEST_CASE("required names: nothing is claimed behind what may fail", "[expr]") {
  CHECK(names_of("$..[?(@.v > 5 && @.w)].x") == "v");
  CHECK(names_of("$.a[-1].b") == "a");
  CHECK(names_of("$.a[::0]") == "");
  CHECK(names_of("$..[?(@.p =~ @.q)].r") == "p q");
  CHECK(names_of("$..[?(@.p == 1e400)].r") == "p");
}

TEST_CASE("required names: an expression that lacks one selects nothing and does not fail", "[expr]") {
  std::vector<Case> cases = recorded_cases();
  REQUIRE(cases.size() > 1000);
  std::vector<Expression> expressions;
  for (const Case& each : cases) {
    Result<Expression> compiled = Expression::compile(Language::JsonPath, each.expression);
    if (compiled.has_value() && !compiled->required_names().empty()) expressions.push_back(std::move(*compiled));
  }
  std::size_t skipped = 0, wrong = 0;
  for (std::size_t i = 0; i < cases.size(); i += 7) {
    document::Document document;
    if (document.read_value(cases[i].data).has_error()) continue;
    std::set<std::string> names;
    gather_names(document.root(), names);
    for (const Expression& expression : expressions) {
      if (!lacks_one(expression, names)) continue;
      ++skipped;
      expr::Tokens tokens;
      bool failed = expression.match(document.root(), document.arena(), tokens).has_error();
      if (failed || !tokens.nodes.empty()) {
        ++wrong;
        UNSCOPED_INFO(expression.text());
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(skipped > 50'000);
}
