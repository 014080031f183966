// What a JSONPath is once it is read: steps that are walked, predicates that are tested. Immutable after parsing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document/node.hpp"
#include "core/expr/json_path/regex.hpp"
#include "core/expr/route.hpp"

namespace aorta::expr::json_path {

struct Slice {
  std::optional<std::int32_t> start, end, step;
};

struct Step {
  enum class Kind : std::uint8_t {
    Member,       // .a  ['a']
    AnyMember,    // .*
    Members,      // ['a','b']
    ScanMember,   // ..a
    ScanAny,      // ..*
    ScanMembers,  // ..['a','b']
    Element,      // [0]
    AnyElement,   // [*]
    Elements,     // [0,1]
    Slice,        // [0:2]
    Filter,       // [?(…)]
    ScanFilter,   // ..[?(…)]
  };
  Kind kind = Kind::Member;
  std::uint32_t predicate = 0;          // Filter, ScanFilter: index in Program::predicates
  std::size_t offset = 0;               // where it stands in the text, in bytes
  std::vector<std::string> names;       // Member…: one; Members…: all
  std::vector<std::int32_t> positions;  // Element: one; Elements: all
  Slice slice;
};

struct Path {
  bool from_root = false;  // in a predicate: starts at $ and not at @
  bool definite = true;    // only Member and Element: selects one node at most
  // A slice of step 0. The reference notices when the first result is asked for, whatever stands before the slice.
  std::optional<std::size_t> step_zero;  // its offset
  std::vector<Step> steps;
  std::optional<Route> route;  // the same as the steps, where it is definite and no position is negative
};

enum class Operator : std::uint8_t {
  Exists,
  Equal,
  NotEqual,
  StrictEqual,
  StrictNotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  Matches,
};

// One side of a term: a path or a literal.
struct Side {
  std::optional<Path> path;
  document::Node literal;
  std::string text;  // the content of a literal string; `literal` points to it once the side has its final place
};

struct Term {
  Operator op = Operator::Exists;
  Side left, right;
  std::size_t offset = 0;
  std::shared_ptr<const Regex> regex;  // Matches: of a literal right side that is a pattern
  std::string pattern_fault;           // Matches: what is wrong with a literal right side
  bool objects_only = false;           // holds for nothing but objects
};

// The reference nests to the right at each change of operator (a && b || c is a && (b || c)), so one walk from left to
// right decides: a test that fails in an And run or holds in an Or run ends it, the last test's run says what the end
// means.
struct Test {
  std::uint32_t term = 0;  // index in Predicate::terms
  bool in_or = false;
};

struct Predicate {
  std::vector<std::unique_ptr<Term>> terms;
  std::vector<Test> tests;
  bool objects_only = false;  // holds for nothing but objects, so that nothing else need be tested
  // Set where the predicate is nothing but "there is something at the end of this route, from @". Points into a term.
  const Route* exists = nullptr;
};

struct Program {
  std::string text;
  Path path;
  std::vector<std::unique_ptr<Predicate>> predicates;
};

}  // namespace aorta::expr::json_path
