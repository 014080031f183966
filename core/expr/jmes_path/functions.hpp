// The functions a JMESPath may call: JmesPath.Net's 26 and the eight of the device mapping (device-mapping spec 8.2).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/document/node.hpp"
#include "core/expr/jmes_path/evaluator.hpp"
#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

// A set of kinds of token, one bit each; kReference stands for `&expression`.
using Kinds = std::uint32_t;
constexpr Kinds bit(document::Kind kind) { return Kinds{1} << static_cast<unsigned>(kind); }

inline constexpr Kinds kNull = bit(document::Kind::Null);
inline constexpr Kinds kBoolean = bit(document::Kind::Boolean);
inline constexpr Kinds kInteger = bit(document::Kind::Integer) | bit(document::Kind::BigInteger);
inline constexpr Kinds kNumber = kInteger | bit(document::Kind::Float);
inline constexpr Kinds kText = bit(document::Kind::String);
inline constexpr Kinds kString = kText | bit(document::Kind::Date);
inline constexpr Kinds kArray = bit(document::Kind::Array);
inline constexpr Kinds kObject = bit(document::Kind::Object);
inline constexpr Kinds kJson = kNull | kBoolean | kNumber | kString | kArray | kObject;
inline constexpr Kinds kAnything =
    kJson | bit(document::Kind::Undefined) | bit(document::Kind::Constructor) | bit(document::Kind::Property);
inline constexpr Kinds kReference = Kinds{1} << 31;

struct Argument {
  const document::Node* token = nullptr;
  const Step* reference = nullptr;  // &expression, then there is no token
};

// One call under evaluation. Arguments have the kinds the function declares.
class Call {
 public:
  Call(Evaluator& evaluator, const Step& step, std::span<const Argument> arguments)
      : evaluator_(evaluator), step_(step), arguments_(arguments) {}

  std::uint32_t count() const { return static_cast<std::uint32_t>(arguments_.size()); }
  const document::Node& token(std::uint32_t i = 0) const { return *arguments_[i].token; }
  // What the i-th argument, a reference, makes of `token`. nullptr after a failure.
  const document::Node* apply(std::uint32_t i, const document::Node& token) const {
    return evaluator_.token_of(*arguments_[i].reference, token);
  }
  Arena& arena() const { return evaluator_.arena(); }
  // Takes from the evaluation's allowance; false once that is used up, and the evaluation has then failed.
  bool spend(std::uint64_t steps) const { return evaluator_.spend(steps); }
  Value fail(std::string_view cause) const;

 private:
  Evaluator& evaluator_;
  const Step& step_;
  std::span<const Argument> arguments_;
};

struct Function {
  std::string_view name;
  Value (*run)(const Call& call);
  std::uint32_t least = 1;  // arguments; exactly so many unless variadic
  bool variadic = false;    // the last kinds hold for all further arguments
  Kinds kinds[3] = {kAnything, kAnything, kAnything};
  // What run() gives of two integers that are not beyond 64 bits; only of functions that cannot fail on them.
  std::int64_t (*on_wholes)(std::int64_t, std::int64_t) = nullptr;
};

// nullptr if there is none of that name; case counts.
const Function* find_function(std::string_view name);

// Checks the arguments' kinds and calls the function of `step`.
Value run_function(Evaluator& evaluator, const Step& step, std::span<const Argument> arguments);

// What type() says of a token: "number", "string", …; "undefined" or "constructor" for what type() refuses.
std::string_view type_name(const document::Node& token);

// functions_text.cpp
Value contains(const Call& call);
Value ends_with(const Call& call);
Value insert_string(const Call& call);
Value join(const Call& call);
Value length(const Call& call);
Value reverse(const Call& call);
Value starts_with(const Call& call);
Value to_string(const Call& call);

// functions_number.cpp
Value abs(const Call& call);
Value avg(const Call& call);
Value ceil(const Call& call);
Value floor(const Call& call);
Value sum(const Call& call);
Value to_number(const Call& call);
Value add(const Call& call);
Value subtract(const Call& call);
Value multiply(const Call& call);
// Wrapping silently, as the reference's unchecked arithmetic does.
std::int64_t add_wholes(std::int64_t left, std::int64_t right);
std::int64_t subtract_wholes(std::int64_t left, std::int64_t right);
std::int64_t multiply_wholes(std::int64_t left, std::int64_t right);
Value divide(const Call& call);
Value pow(const Call& call);
Value from_unix_timestamp(const Call& call);
Value from_unix_timestamp_ms(const Call& call);

// functions_order.cpp
Value max(const Call& call);
Value max_by(const Call& call);
Value min(const Call& call);
Value min_by(const Call& call);
Value sort(const Call& call);
Value sort_by(const Call& call);

// functions_structure.cpp
Value keys(const Call& call);
Value map(const Call& call);
Value merge(const Call& call);
Value not_null(const Call& call);
Value to_array(const Call& call);
Value type(const Call& call);
Value values(const Call& call);

}  // namespace aorta::expr::jmes_path
