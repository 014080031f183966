// The words of a JMESPath, as JmesPath.Net cuts them (device-mapping spec 8.2, "Tokens").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::expr::jmes_path {

enum class Word : std::uint8_t {
  End,
  Name,          // abc
  QuotedName,    // "a b"
  RawString,     // 'text'
  Literal,       // `json`
  Number,        // -1, only in brackets
  And,           // &&
  Or,            // ||
  Not,           // !
  Pipe,          // |
  Colon,         // :
  Comma,         // ,
  Dot,           // .
  Equal,         // ==
  NotEqual,      // !=
  Less,          // <
  LessEqual,     // <=
  Greater,       // >
  GreaterEqual,  // >=
  Filter,        // [?
  Flatten,       // []
  Star,          // *
  Current,       // @
  Reference,     // &
  OpenBrace,
  CloseBrace,
  OpenBracket,
  CloseBracket,
  OpenParen,
  CloseParen,
};

// What a word is called in a message: "a name", "']'".
std::string_view spelling(Word word);

struct Lexeme {
  Word word = Word::End;
  std::uint32_t offset = 0;  // in bytes of the expression
  std::string text;          // Name, QuotedName, RawString, Literal: without quotes and escapes
  std::int32_t number = 0;   // Number; 0 beyond 32 bits
};

// All words, the last one is End. Error reason "bad-jmes-path".
Result<std::vector<Lexeme>> split(std::string_view expression);

// A failure at a place of an expression: "JMESPath `a[`, column 3: cause". The column counts UTF-16 units from 1.
Error located(std::string_view reason, std::string_view expression, std::size_t offset, std::string_view cause);

}  // namespace aorta::expr::jmes_path
