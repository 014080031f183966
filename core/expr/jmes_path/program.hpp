// What a JMESPath is once it is read: a flat table of steps that point to each other by index. Immutable after parsing.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document/document.hpp"
#include "core/document/node.hpp"
#include "core/document/tape_member.hpp"

namespace aorta::expr::jmes_path {

struct Function;

enum class Op : std::uint8_t {
  Current,   // @
  Name,      // text
  Index,     // [number]
  Slice,     // [slice]
  Elements,  // [*]
  Members,   // *
  Flatten,   // []
  Filter,    // [?child]
  Path,      // children one after the other, each on what the one before gave
  Pipe,      // left | right
  Or,
  And,
  Not,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  List,   // [child, …]
  Hash,   // {key: child, …}
  Value,  // a literal or a raw string
  Call,   // function(child, …)
};

// The operators that make a projection. Only while nothing stands before one may `[a, b]` follow it without a dot.
constexpr bool is_projection(Op op) {
  return op == Op::Elements || op == Op::Members || op == Op::Flatten || op == Op::Filter || op == Op::Slice;
}

struct Slice {
  std::optional<std::int32_t> start, stop, step;
};

using StepId = std::uint32_t;
inline constexpr StepId kNoStep = 0xFFFFFFFF;

struct Step {
  Op op = Op::Current;
  bool reference = false;    // &step: handed to a function unevaluated
  bool is_of_names = false;  // Path: a.b.c
  std::uint16_t height = 1;  // of the tree below, itself included
  std::uint32_t offset = 0;  // where it stands in the expression, in bytes
  // Children are a list: the first child here, each further one at its predecessor's `next`. A step has one parent.
  StepId first = kNoStep;
  StepId last = kNoStep;
  StepId next = kNoStep;
  std::uint32_t count = 0;
  std::int32_t index = 0;                 // Index
  Slice slice;                            // Slice
  document::MemberName name;              // Name
  std::string_view key;                   // of a child of a Hash
  const document::Node* value = nullptr;  // Value
  const Function* function = nullptr;     // Call
};

struct Program {
  std::string text;
  std::vector<Step> steps;
  StepId root = kNoStep;
  // What views and values of the steps point to; deques, because these may not move.
  std::deque<std::string> texts;
  std::deque<document::Document> documents;
};

}  // namespace aorta::expr::jmes_path
