#include <algorithm>
#include <utility>

#include "core/base/unicode.hpp"
#include "core/document/document.hpp"
#include "core/expr/json_path/path_reader.hpp"
#include "core/expr/numbers.hpp"

namespace aorta::expr::json_path {
namespace {

using document::Kind;
using document::Node;

constexpr std::string_view kOpenFilter = "a filter is not closed";

Node scalar(Kind kind) {
  Node node;
  node.kind = kind;
  return node;
}

bool starts_with_member(const Path& path) {
  using Step_ = Step::Kind;
  if (path.from_root || path.steps.empty()) return false;
  Step_ first = path.steps.front().kind;
  return first == Step_::Member || first == Step_::AnyMember || first == Step_::Members;
}

// A left side without results fails its term, and nothing but an object gives a member path any.
bool holds_for_objects_only(const Term& term) {
  return term.left.path && starts_with_member(*term.left.path) && !term.left.path->step_zero;
}

bool holds_for_objects_only(const Predicate& predicate) {
  for (const Test& test : predicate.tests) {
    if (!predicate.terms[test.term]->objects_only) return false;
    if (!test.in_or) return true;
  }
  return true;
}

// A literal pattern is compiled once; one that is bad fails when it is first used, as in the reference.
void prepare(Term& term) {
  for (Side* side : {&term.left, &term.right}) {
    if (side->literal.kind != Kind::String) continue;
    side->literal.text_data = side->text.data();
    side->literal.text_size = static_cast<std::uint32_t>(side->text.size());
  }
  term.objects_only = holds_for_objects_only(term);
  if (term.op != Operator::Matches || term.right.path || term.right.literal.kind != Kind::String) return;
  Result<std::shared_ptr<const Regex>> regex = Regex::compile_token(term.right.text);
  if (regex.has_value()) {
    term.regex = *regex;
  } else {
    term.pattern_fault = regex.error().message();
  }
}

}  // namespace

bool PathReader::read_filter(Path& path, char close, bool scan) {
  if (++depth_ > kMaxFilterDepth) {
    fault_ =
        Error("expression-too-costly", located(text_, at_, "filters nest too deep (at most 200 levels are allowed)"));
    return false;
  }
  Step step;
  step.kind = scan ? Step::Kind::ScanFilter : Step::Kind::Filter;
  step.offset = at_++;
  if (peek() != '(')
    return at_end() ? fail("a bracket is not closed") : unexpected("behind ?; a filter is written [?(…)]");
  ++at_;
  step.predicate = static_cast<std::uint32_t>(program_->predicates.size());
  Predicate& predicate = *program_->predicates.emplace_back(std::make_unique<Predicate>());
  if (!read_predicate(predicate)) return false;
  ++at_;
  if (!need_more("a bracket is not closed")) return false;
  skip_blanks();
  if (peek() != close) return unexpected("behind a filter");
  --depth_;
  add(path, std::move(step));
  return true;
}

// Up to the closing parenthesis, which is left to the caller.
bool PathReader::read_predicate(Predicate& out) {
  bool in_or = false;
  while (!at_end()) {
    Term& term = *out.terms.emplace_back(std::make_unique<Term>());
    if (!read_term(term)) return false;
    auto index = static_cast<std::uint32_t>(out.terms.size() - 1);
    if (peek() == ')') {
      out.tests.push_back({index, in_or});
      out.objects_only = holds_for_objects_only(out);
      return true;
    }
    bool joined = match("&&");
    if (joined) out.tests.push_back({index, in_or = false});
    // The reference looks for || even behind &&, so that "a &&|| b" reads as "a && (a || b)".
    if (match("||")) {
      joined = true;
      out.tests.push_back({index, in_or = true});
    }
    // "a == 1 b" reads as "b": the reference forgets a comparison that nothing joins.
    if (!joined) out.terms.pop_back();
  }
  return fail(kOpenFilter);
}

bool PathReader::read_term(Term& out) {
  if (!read_side(out.left)) return false;
  char c = peek();
  if (c != ')' && c != '|' && c != '&') {
    out.offset = at_;
    if (!read_operator(out.op) || !read_side(out.right)) return false;
  }
  prepare(out);
  return true;
}

bool PathReader::read_side(Side& out) {
  skip_blanks();
  bool is_path = peek() == '$' || peek() == '@';
  if (!(is_path ? read_side_path(out) : read_literal(out))) return false;
  skip_blanks();
  return need_more(kOpenFilter);
}

bool PathReader::read_side_path(Side& out) {
  Path& path = out.path.emplace();
  path.from_root = peek() == '$';
  ++at_;
  return read_path(path, at_, true) && need_more(kOpenFilter);
}

bool PathReader::read_literal(Side& out) {
  char c = peek();
  if (c == '\'') {
    out.literal = scalar(Kind::String);
    return read_quoted(out.text);
  }
  if (c == '/') return read_pattern(out);
  if ((c >= '0' && c <= '9') || c == '-') return read_number(out);
  if (match("true")) {
    out.literal = *document::make_boolean(true);
  } else if (match("false")) {
    out.literal = *document::make_boolean(false);
  } else if (match("null")) {
    out.literal = *document::make_null();
  } else {
    return unexpected("in a filter; expected @, $, 'text', a number, true, false, null or /pattern/");
  }
  return true;
}

bool PathReader::read_number(Side& out) {
  std::size_t end = std::min(text_.find_first_of(" )", at_), text_.size());
  if (end == text_.size()) return fail(kOpenFilter);
  std::string_view text = text_.substr(at_, end - at_);
  bool is_float = text.find_first_of(".eE") != std::string_view::npos;
  std::optional<double> number = is_float ? parse_float_text(text) : std::nullopt;
  std::optional<std::int64_t> integer = is_float ? std::nullopt : parse_integer_text(text);
  if (!number && !integer) return fail("a number must end at a blank or ) and fit 64 bits");
  out.literal = scalar(is_float ? Kind::Float : Kind::Integer);
  if (number) out.literal.number = *number;
  if (integer) out.literal.integer = *integer;
  at_ = end;
  return true;
}

// Slashes and letters behind them stay in the text: the operator takes it apart, as it does with texts from the
// message.
bool PathReader::read_pattern(Side& out) {
  std::size_t start = at_++;
  while (!at_end() && peek() != '/') at_ += peek() == '\\' && at_ + 1 < text_.size() ? 2 : 1;
  if (at_end()) return fail("a pattern is not closed by /");
  ++at_;
  while (!at_end()) {
    const char* p = text_.data() + at_;
    char32_t letter = next_char(p);
    if (!is_letter_or_digit(letter) || (letter >= '0' && letter <= '9')) break;
    at_ = static_cast<std::size_t>(p - text_.data());
  }
  out.literal = scalar(Kind::String);
  out.text = std::string(text_.substr(start, at_ - start));
  return true;
}

bool PathReader::read_operator(Operator& out) {
  static constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"===", Operator::StrictEqual},    {"==", Operator::Equal},    {"=~", Operator::Matches},
      {"!==", Operator::StrictNotEqual}, {"!=", Operator::NotEqual}, {"<>", Operator::NotEqual},
      {"<=", Operator::LessOrEqual},     {"<", Operator::Less},      {">=", Operator::GreaterOrEqual},
      {">", Operator::Greater},
  };
  for (const auto& [word, op] : kOperators) {
    if (!match(word)) continue;
    out = op;
    return true;
  }
  return fail("expected == != === !== <> < <= > >= =~, && or ||, or the end of the filter");
}

}  // namespace aorta::expr::json_path
