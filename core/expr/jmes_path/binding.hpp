// The operators between two expressions and how they bind (device-mapping spec 8.2, "Grammar and precedence"). Internal
// to this folder.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/expr/jmes_path/lexer.hpp"
#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

// How tightly an operator binds what stands left of it. Each comparison has a level of its own, as in the reference's
// grammar.
enum Binding : std::uint8_t {
  kNone,
  kPipe,
  kOr,
  kAnd,
  kEqual,
  kGreater,
  kGreaterEqual,
  kLess,
  kLessEqual,
  kNotEqual,
  kNot,
  kPostfix
};

struct Infix {
  Word word;
  Op op;
  Binding binding;
};

inline constexpr std::array kInfixes{
    Infix{Word::Pipe, Op::Pipe, kPipe},
    Infix{Word::Or, Op::Or, kOr},
    Infix{Word::And, Op::And, kAnd},
    Infix{Word::Equal, Op::Equal, kEqual},
    Infix{Word::Greater, Op::Greater, kGreater},
    Infix{Word::GreaterEqual, Op::GreaterEqual, kGreaterEqual},
    Infix{Word::Less, Op::Less, kLess},
    Infix{Word::LessEqual, Op::LessEqual, kLessEqual},
    Infix{Word::NotEqual, Op::NotEqual, kNotEqual},
};

inline const Infix* infix_of(Word word) {
  const auto* found = std::find_if(kInfixes.begin(), kInfixes.end(), [word](const Infix& i) { return i.word == word; });
  return found == kInfixes.end() ? nullptr : found;
}

}  // namespace aorta::expr::jmes_path
