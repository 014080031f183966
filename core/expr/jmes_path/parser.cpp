#include "core/expr/jmes_path/parser.hpp"

#include <algorithm>

#include "core/base/unicode.hpp"
#include "core/expr/jmes_path/binding.hpp"
#include "core/expr/jmes_path/functions.hpp"
#include "core/expr/jmes_path/json_check.hpp"
#include "core/expr/jmes_path/lexer.hpp"

namespace aorta::expr::jmes_path {
namespace {

// A Pratt parser. Every function leaves the reader behind what it read.
class Parser {
 public:
  Parser(Program& program, std::vector<Lexeme> lexemes) : program_(program), lexemes_(std::move(lexemes)) {}

  Result<void> run() {
    AORTA_TRY(root, read_expression(kNone));
    if (word() != Word::End) return unexpected("an operator or the end");
    program_.root = root;
    return {};
  }

 private:
  Result<StepId> read_expression(Binding outer) {
    if (++depth_ > kMaxDepth) return too_deep();
    AORTA_TRY(left, read_operand());
    for (Binding binding; (binding = binding_here(left)) > outer;) {
      AORTA_TRY(joined, binding == kPostfix ? read_postfix(left) : read_infix(left));
      left = joined;
    }
    --depth_;
    return left;
  }

  Binding binding_here(StepId left) const {
    switch (word()) {
      case Word::Dot:
      case Word::Filter:
      case Word::Flatten:
        return kPostfix;
      case Word::OpenBracket:
        return at_bracket_specifier() || is_projection(step(left).op) ? kPostfix : kNone;
      default:
        break;
    }
    const Infix* infix = infix_of(word());
    return infix ? infix->binding : kNone;
  }

  Result<StepId> read_infix(StepId left) {
    const Infix& infix = *infix_of(word());
    StepId joined = add(infix.op);
    advance();
    AORTA_TRY(right, read_expression(infix.binding));
    AORTA_CHECK(adopt(joined, left));
    AORTA_CHECK(adopt(joined, right));
    return joined;
  }

  // What follows `left` by a dot or in brackets lengthens its path.
  Result<StepId> read_postfix(StepId left) {
    StepId path = left;
    if (step(left).op != Op::Path) {
      path = add(Op::Path);
      AORTA_CHECK(adopt(path, left));
      step(path).is_of_names = step(left).op == Op::Name;
    }
    AORTA_TRY(further, read_path_step());
    AORTA_CHECK(adopt(path, further));
    step(path).is_of_names = step(path).is_of_names && step(further).op == Op::Name;
    return path;
  }

  Result<StepId> read_path_step() {
    if (word() != Word::Dot)
      return word() == Word::OpenBracket && !at_bracket_specifier() ? read_list() : read_bracket();
    advance();
    switch (word()) {
      case Word::Name:
      case Word::QuotedName:
        return read_name_or_call();
      case Word::Star:
        return take(Op::Members);
      case Word::OpenBrace:
        return read_hash();
      case Word::OpenBracket:
        return read_list();  // even [*]: a list of the members
      default:
        break;
    }
    return unexpected("a name, '*', '{…}', '[…, …]' or a function behind the dot");
  }

  Result<StepId> read_operand() {
    switch (word()) {
      case Word::Name:
      case Word::QuotedName:
        return read_name_or_call();
      case Word::RawString:
        return read_raw_string();
      case Word::Literal:
        return read_literal();
      case Word::Current:
        return take(Op::Current);
      case Word::Star:
        return take(Op::Members);
      case Word::Not:
        return read_not();
      case Word::OpenParen:
        return read_group();
      case Word::OpenBrace:
        return read_hash();
      case Word::Filter:
      case Word::Flatten:
        return read_bracket();
      case Word::OpenBracket:
        return at_bracket_specifier() ? read_bracket() : read_list();
      default:
        return unexpected("an expression");
    }
  }

  Result<StepId> read_name_or_call() {
    if (word() == Word::Name && word(1) == Word::OpenParen) return read_call();
    StepId name = add(Op::Name);
    step(name).name = document::MemberName(here().text);
    advance();
    return name;
  }

  Result<StepId> read_raw_string() {
    StepId value = add(Op::Value);
    document::Document& document = program_.documents.emplace_back();
    step(value).value = document::make_string(document.arena(), keep(here().text));
    advance();
    return value;
  }

  Result<StepId> read_literal() {
    if (!is_strict_json(here().text))
      return fail("this literal is not strict JSON: a text needs double quotes within the backticks");
    StepId value = add(Op::Value);
    document::Document& document = program_.documents.emplace_back();
    if (auto read = document.read_value(keep(here().text)); read.has_error()) return fail(read.error().message());
    step(value).value = &document.root();
    advance();
    return value;
  }

  // A step for the word that stands here.
  StepId take(Op op) {
    StepId taken = add(op);
    advance();
    return taken;
  }

  Result<StepId> read_not() {
    StepId negation = take(Op::Not);
    AORTA_TRY(operand, read_expression(kNot));
    AORTA_CHECK(adopt(negation, operand));
    return negation;
  }

  Result<StepId> read_group() {
    advance();
    AORTA_TRY(inner, read_expression(kNone));
    AORTA_CHECK(expect(Word::CloseParen));
    return inner;
  }

  // [n] [s:e:st] [*] as against [a, b]
  bool at_bracket_specifier() const {
    return word(1) == Word::Number || word(1) == Word::Colon ||
           (word(1) == Word::Star && word(2) == Word::CloseBracket);
  }

  Result<StepId> read_bracket() {
    if (word() == Word::Flatten) return take(Op::Flatten);
    if (word() == Word::Filter) return read_filter();
    if (word(1) == Word::Number && word(2) != Word::Colon) return read_index();
    if (word(1) == Word::Star) {
      StepId elements = take(Op::Elements);
      at_ += 2;
      return elements;
    }
    return read_slice();
  }

  Result<StepId> read_filter() {
    StepId filter = take(Op::Filter);
    AORTA_TRY(condition, read_expression(kNone));
    AORTA_CHECK(adopt(filter, condition));
    AORTA_CHECK(expect(Word::CloseBracket));
    return filter;
  }

  Result<StepId> read_index() {
    StepId index = take(Op::Index);
    step(index).index = here().number;
    advance();
    AORTA_CHECK(expect(Word::CloseBracket));
    return index;
  }

  Result<StepId> read_slice() {
    StepId slice = take(Op::Slice);
    Slice bounds;
    bounds.start = read_bound();
    AORTA_CHECK(expect(Word::Colon));
    bounds.stop = read_bound();
    if (word() == Word::Colon) {
      advance();
      if (word() == Word::Number && here().number == 0) return fail("a slice's step must not be 0");
      bounds.step = read_bound();
    }
    AORTA_CHECK(expect(Word::CloseBracket));
    step(slice).slice = bounds;
    return slice;
  }

  std::optional<std::int32_t> read_bound() {
    if (word() != Word::Number) return {};
    std::int32_t bound = here().number;
    advance();
    return bound;
  }

  Result<StepId> read_list() {
    StepId list = add(Op::List);
    do {
      advance();
      AORTA_TRY(item, read_expression(kNone));
      AORTA_CHECK(adopt(list, item));
    } while (word() == Word::Comma);
    AORTA_CHECK(expect(Word::CloseBracket));
    return list;
  }

  Result<StepId> read_hash() {
    StepId hash = add(Op::Hash);
    do {
      advance();
      AORTA_CHECK(read_hash_member(hash));
    } while (word() == Word::Comma);
    AORTA_CHECK(expect(Word::CloseBrace));
    return hash;
  }

  Result<void> read_hash_member(StepId hash) {
    if (word() != Word::Name && word() != Word::QuotedName) return unexpected("a name as key");
    for (StepId i = step(hash).first; i != kNoStep; i = step(i).next) {
      if (step(i).key == here().text) return fail("the key \"" + here().text + "\" stands here twice");
    }
    std::string_view key = keep(here().text);
    advance();
    AORTA_CHECK(expect(Word::Colon));
    AORTA_TRY(member, read_expression(kNone));
    step(member).key = key;
    return adopt(hash, member);
  }

  Result<StepId> read_call() {
    const Function* function = find_function(here().text);
    if (!function) return fail("there is no function called " + here().text);
    StepId call = add(Op::Call);
    step(call).function = function;
    advance();
    if (word(1) == Word::CloseParen) {
      at_ += 2;
    } else {
      AORTA_CHECK(read_arguments(call));
    }
    std::uint32_t count = step(call).count;
    if (count < function->least || (!function->variadic && count > function->least)) return wrong_count(call);
    return call;
  }

  Result<void> read_arguments(StepId call) {
    do {
      advance();
      bool reference = word() == Word::Reference;
      if (reference) advance();
      AORTA_TRY(argument, read_expression(kNone));
      step(argument).reference = reference;
      AORTA_CHECK(adopt(call, argument));
    } while (word() == Word::Comma);
    return expect(Word::CloseParen);
  }

  Error wrong_count(StepId call) const {
    const Step& s = step(call);
    std::string cause = std::string(s.function->name) + " takes " + std::to_string(s.function->least);
    cause +=
        std::string(s.function->variadic ? " or more" : "") + (s.function->least == 1 ? " argument" : " arguments");
    return located("bad-jmes-path", program_.text, s.offset, cause + ", got " + std::to_string(s.count));
  }

  StepId add(Op op) {
    Step added;
    added.op = op;
    added.offset = here().offset;
    program_.steps.push_back(added);
    return static_cast<StepId>(program_.steps.size() - 1);
  }

  Result<void> adopt(StepId parent, StepId child) {
    Step& p = step(parent);
    (p.last == kNoStep ? p.first : step(p.last).next) = child;
    p.last = child;
    ++p.count;
    p.height = std::max(p.height, static_cast<std::uint16_t>(step(child).height + 1));
    if (p.height > kMaxDepth) return too_deep();
    return {};
  }

  std::string_view keep(const std::string& text) { return program_.texts.emplace_back(text); }

  Step& step(StepId id) { return program_.steps[id]; }
  const Step& step(StepId id) const { return program_.steps[id]; }

  const Lexeme& here() const { return lexemes_[at_]; }
  Word word(std::size_t ahead = 0) const {
    return at_ + ahead < lexemes_.size() ? lexemes_[at_ + ahead].word : Word::End;
  }
  void advance() { at_ = std::min(at_ + 1, lexemes_.size() - 1); }

  Result<void> expect(Word wanted) {
    if (word() != wanted) return unexpected("'" + std::string(spelling(wanted)) + "'");
    advance();
    return {};
  }

  Error unexpected(std::string_view wanted) const {
    std::string cause = "expected " + std::string(wanted) + ", found " + std::string(spelling(word()));
    if (word() == Word::OpenBracket) cause += " (a list behind an expression needs a dot: a.[b, c])";
    return fail(cause);
  }
  Error fail(std::string_view cause) const { return located("bad-jmes-path", program_.text, here().offset, cause); }
  Error too_deep() const {
    return located(
        "expression-too-costly", program_.text, here().offset,
        "the expression nests deeper than " + std::to_string(kMaxDepth) + " levels; make it simpler"
    );
  }

  Program& program_;
  std::vector<Lexeme> lexemes_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<std::unique_ptr<const Program>> parse(std::string_view text) {
  auto program = std::make_unique<Program>();
  program->text = text;
  if (!is_utf8(text, Surrogates::Allow))
    return Error("bad-jmes-path", "a JMESPath is not valid UTF-8; correct its encoding");
  AORTA_TRY(lexemes, split(text));
  AORTA_CHECK(Parser(*program, std::move(lexemes)).run());
  return std::unique_ptr<const Program>(std::move(program));
}

}  // namespace aorta::expr::jmes_path
