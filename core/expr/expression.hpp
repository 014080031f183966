// JSONPath and JMESPath behind one interface: compiled once into a plan, evaluated many times over document nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/base/result.hpp"
#include "core/document/node.hpp"
#include "core/expr/near_miss.hpp"
#include "core/expr/route.hpp"

namespace aorta::expr {

enum class Language : std::uint8_t { JsonPath = 0, JmesPath = 1 };  // as AORTA_LANGUAGE_*

// What an expression selected. Reused between evaluations so that steady state allocates nothing.
struct Tokens {
  std::vector<const document::Node*> nodes;
  bool projection = false;  // JMESPath: nodes are the items of a projection; otherwise at most one node
  // Asked before an evaluation: it may end, without an error, once there are this many nodes.
  static constexpr std::size_t kAll = static_cast<std::size_t>(-1);
  std::size_t enough = kAll;
  void clear() {
    nodes.clear();
    projection = false;
  }
};

// A plan. Immutable and thread-safe; errors name the expression, the column and the cause.
class Plan {
 public:
  virtual ~Plan() = default;
  // Appends what the expression selects below `root` to `out`. On failure `out` holds what was found before it (lazy
  // evaluation of the reference). Values that are computed live in `arena`. JMESPath null counts as nothing.
  virtual Result<void> select(const document::Node& root, Arena& arena, Tokens& out) const = 0;
  // Names of members, sorted. If one of them occurs nowhere in the message, the expression selects nothing and does not
  // fail. Empty where nothing is known.
  virtual std::span<const std::string> required_names() const { return {}; }
  // Why the expression selects nothing below `root`; nothing where it selects something, fails, or nobody knows. Slow.
  virtual std::optional<NearMiss> explain(const document::Node& /*root*/, Arena& /*arena*/) const {
    return std::nullopt;
  }
  // The same expression, where it is nothing but names and positions; else nullptr. Lives as long as the plan. Null and
  // what is missing are nothing if `null_is_nothing`.
  struct Shortcut {
    const Route* route = nullptr;
    bool null_is_nothing = false;
  };
  virtual Shortcut shortcut() const { return {}; }
};

// JSONPath after Newtonsoft.Json 13.0.3 (device-mapping spec, 8.1). Error reason "bad-json-path".
Result<std::unique_ptr<const Plan>> compile_json_path(std::string_view text);
// JMESPath after JmesPath.Net v1.0.204 (8.2) with the eight custom functions. Error reason "bad-jmes-path".
Result<std::unique_ptr<const Plan>> compile_jmes_path(std::string_view text);

class Expression {
 public:
  static Result<Expression> compile(Language language, std::string_view text);

  std::string_view text() const { return text_; }
  Language language() const { return language_; }
  // As Plan::required_names.
  std::span<const std::string> required_names() const { return plan_->required_names(); }

  // As Plan::explain.
  std::optional<NearMiss> explain(const document::Node& root, Arena& arena) const {
    return plan_->explain(root, arena);
  }

  // Type match (8.2 "Use in templates"): every selected token; JMESPath: one per item of a projection, one for any
  // other non-null result.
  Result<void> match(const document::Node& root, Arena& arena, Tokens& out) const;
  // One field: the token, or nullptr. More than one: error "multiple-tokens". A JMESPath projection of one item is an
  // array of one, of none an empty array.
  Result<const document::Node*> one(const document::Node& root, Arena& arena, Tokens& scratch) const;
  // A plain path gives one() by follow(), which needs no memory and cannot fail.
  bool is_plain_path() const { return shortcut_.route != nullptr; }
  const document::Node* follow(const document::Node& root) const {
    const document::Node* found = shortcut_.route->follow(root);
    bool nothing = found && shortcut_.null_is_nothing && found->kind == document::Kind::Null;
    return nothing ? nullptr : found;
  }

 private:
  Expression(Language language, std::string text, std::unique_ptr<const Plan> plan)
      : shortcut_(plan->shortcut()), language_(language), text_(std::move(text)), plan_(std::move(plan)) {}

  Plan::Shortcut shortcut_;
  Language language_;
  std::string text_;
  std::unique_ptr<const Plan> plan_;
};

}  // namespace aorta::expr
