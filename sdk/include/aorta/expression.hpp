// JSONPath and JMESPath expressions, compiled once by the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "aorta/abi/expression.h"
#include "aorta/document.hpp"

namespace aorta {

enum class Language : std::int32_t { JsonPath = AORTA_LANGUAGE_JSON_PATH, JmesPath = AORTA_LANGUAGE_JMES_PATH };

// Compile on [main], evaluate on [data]. Movable; made again per instance.
class Expression {
 public:
  // Throws Reject where the text does not compile: the message names the expression, the column and the cause.
  Expression(Host host, Language language, std::string_view text)
      : host_(host), api_(&host.need<aorta_expression_api>(AORTA_EXPRESSION_ID)) {
    plan_ = api_->compile(host_.raw(), static_cast<std::int32_t>(language), to_abi(text));
    if (!plan_) throw host_.last_failure();
  }
  ~Expression() {
    if (plan_) api_->release(plan_);
  }
  Expression(Expression&& other) noexcept
      : host_(other.host_), api_(other.api_), plan_(std::exchange(other.plan_, nullptr)) {}
  Expression& operator=(Expression&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(api_, other.api_);
    std::swap(plan_, other.plan_);
    return *this;
  }

  // All tokens below `root`, in order.
  struct Matches {
    const aorta_document_api* api = nullptr;
    const aorta_node* const* tokens = nullptr;
    std::uint64_t count = 0;
    std::optional<Failure> failure;  // evaluation ended here; the tokens before it count
    Node operator[](std::uint64_t index) const { return {api, tokens[index]}; }
  };
  Matches match(Document document, Node root) const {
    Matches found{document.api(), nullptr, 0, std::nullopt};
    std::int32_t code = api_->match(host_.raw(), plan_, document.raw(), root.raw(), &found.tokens, &found.count);
    if (code != AORTA_OK) found.failure = host_.last_failure();
    return found;
  }

  // The one token, or nothing. Throws Reject where there is more than one, or evaluation fails.
  Node one(Document document, Node root) const {
    const aorta_node* token = nullptr;
    if (api_->one(host_.raw(), plan_, document.raw(), root.raw(), &token) != AORTA_OK) throw host_.last_failure();
    return {document.api(), token};
  }

  // The index-th name that a match needs, absent after the last: without a member of this name anywhere in the message
  // match() finds nothing and does not fail. On [main].
  std::string_view required_name(std::size_t index) const {
    constexpr std::size_t kEnd = offsetof(aorta_expression_api, required_name) + sizeof(api_->required_name);
    return api_->size >= kEnd ? view(api_->required_name(plan_, index)) : std::string_view();
  }

 private:
  Host host_;
  const aorta_expression_api* api_;
  aorta_expression* plan_ = nullptr;
};

}  // namespace aorta
