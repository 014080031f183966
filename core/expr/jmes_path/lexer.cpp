#include "core/expr/jmes_path/lexer.hpp"

#include <array>
#include <charconv>

#include "core/expr/excerpt.hpp"
#include "core/expr/jmes_path/quoted.hpp"

namespace aorta::expr::jmes_path {
namespace {

struct Operator {
  std::string_view text;
  Word word;
};

// Longer operators stand before their beginnings.
constexpr std::array kOperators{
    Operator{"&&", Word::And},         Operator{"||", Word::Or},        Operator{"==", Word::Equal},
    Operator{"!=", Word::NotEqual},    Operator{"<=", Word::LessEqual}, Operator{">=", Word::GreaterEqual},
    Operator{"[?", Word::Filter},      Operator{"[]", Word::Flatten},   Operator{"!", Word::Not},
    Operator{"|", Word::Pipe},         Operator{":", Word::Colon},      Operator{",", Word::Comma},
    Operator{".", Word::Dot},          Operator{"<", Word::Less},       Operator{">", Word::Greater},
    Operator{"*", Word::Star},         Operator{"@", Word::Current},    Operator{"&", Word::Reference},
    Operator{"{", Word::OpenBrace},    Operator{"}", Word::CloseBrace}, Operator{"[", Word::OpenBracket},
    Operator{"]", Word::CloseBracket}, Operator{"(", Word::OpenParen},  Operator{")", Word::CloseParen},
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t'; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<Lexeme>> run() {
    while (skip_blanks(), at_ < text_.size()) {
      AORTA_CHECK(read());
    }
    add(Word::End);
    return std::move(out_);
  }

 private:
  Result<void> read() {
    char c = text_[at_];
    if (is_letter(c)) return read_name();
    if (is_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return read_number();
    if (c == '"') return read_quoted(Word::QuotedName, quoted_name_end(text_, at_), "quoted name");
    if (c == '\'') return read_quoted(Word::RawString, raw_string_end(text_, at_), "raw string");
    if (c == '`') return read_quoted(Word::Literal, literal_end(text_, at_), "literal");
    return read_operator();
  }

  Result<void> read_name() {
    std::size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    add(Word::Name).text = text_.substr(at_, end - at_);
    at_ = end;
    return {};
  }

  // Beyond 32 bits the reference's number silently becomes 0.
  Result<void> read_number() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    Lexeme& lexeme = add(Word::Number);
    std::from_chars(text_.data() + at_, text_.data() + end, lexeme.number);
    at_ = end;
    return {};
  }

  Result<void> read_quoted(Word word, std::size_t end, std::string_view what) {
    if (end == std::string_view::npos)
      return fail("this " + std::string(what) + " is not closed or holds a bad escape");
    Lexeme& lexeme = add(word);
    std::string_view inner = text_.substr(at_ + 1, end - at_ - 2);
    if (std::string_view cause = unquote(word, inner, lexeme.text); !cause.empty()) return fail(cause);
    at_ = end;
    return {};
  }

  static std::string_view unquote(Word word, std::string_view inner, std::string& out) {
    if (word == Word::QuotedName) return unescape_name(inner, out);
    out = word == Word::RawString ? replaced(inner, "\\'", "'") : replaced(inner, "\\`", "`");
    return {};
  }

  Result<void> read_operator() {
    for (const Operator& op : kOperators) {
      if (!text_.substr(at_).starts_with(op.text)) continue;
      add(op.word);
      at_ += op.text.size();
      return {};
    }
    return fail("this character has no meaning here");
  }

  Lexeme& add(Word word) {
    out_.push_back({word, static_cast<std::uint32_t>(at_), {}, 0});
    return out_.back();
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  Error fail(std::string_view cause) const { return located("bad-jmes-path", text_, at_, cause); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Lexeme> out_;
};

}  // namespace

std::string_view spelling(Word word) {
  switch (word) {
    case Word::End:
      return "the end";
    case Word::Name:
      return "a name";
    case Word::QuotedName:
      return "a quoted name";
    case Word::RawString:
      return "a raw string";
    case Word::Literal:
      return "a literal";
    case Word::Number:
      return "a number";
    default:
      break;
  }
  for (const Operator& op : kOperators) {
    if (op.word == word) return op.text;
  }
  return "?";
}

Result<std::vector<Lexeme>> split(std::string_view expression) { return Splitter(expression).run(); }

Error located(std::string_view reason, std::string_view expression, std::size_t offset, std::string_view cause) {
  return Error(std::string(reason), "JMESPath " + excerpt_at(expression, offset) + ": " + std::string(cause));
}

}  // namespace aorta::expr::jmes_path
