// One field of a measurement: the expressions that find it, and how a token becomes its text or time (device-mapping
// spec 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aorta/content/blank.hpp"
#include "aorta/expression.hpp"

namespace aorta::content {

// An expression; one that did not compile fails on each message, as the reference has it.
using Compiled = std::variant<Expression, Failure>;

inline const Expression& usable(const Compiled& compiled) {
  if (const Failure* failure = std::get_if<Failure>(&compiled)) throw *failure;
  return *std::get_if<Expression>(&compiled);
}

class Field {
 public:
  // `name` as messages call it ("DeviceIdExpression", a value's name). Without expressions it is not set.
  explicit Field(std::string name = {}) : name_(std::move(name)) {}
  void add(std::string_view source, Compiled compiled) {
    is_of_the_body_ = (expressions_.empty() || is_of_the_body_) && looks_below_body(source);
    sources_ += sources_.empty() ? "" : ",";
    sources_ += source;
    expressions_.push_back(std::move(compiled));
  }
  bool is_set() const { return !expressions_.empty(); }
  const std::string& name() const { return name_; }

  // Where the message with a match beside its body is the root, this finds the same for every match.
  bool is_of_the_body() const { return is_of_the_body_; }

  // As Expression::required_name, of what match() uses. None where match() would throw.
  std::string_view required_name(std::size_t index) const {
    const Expression* first = is_set() ? std::get_if<Expression>(&expressions_.front()) : nullptr;
    return first ? first->required_name(index) : std::string_view();
  }
  // All tokens below `root`. Throws Reject where it is not set.
  Expression::Matches match(Document document, Node root) const {
    require_set();
    return usable(expressions_.front()).match(document, root);
  }
  // Never blank.
  std::string_view required_text(Document document, Node root) const {
    std::string_view out;
    extract(document, root, [&](Node token) {
      return document.text(token, out) == Document::Text::Found && !is_blank(out);
    });
    return out;
  }
  aorta_time required_time(Document document, Node root) const {
    std::optional<aorta_time> out;
    extract(document, root, [&](Node token) { return (out = document.time(token)).has_value(); });
    return *out;
  }
  // Absent where it is not set, nothing is found, or what is found has no text. "" is kept.
  std::string_view optional_text(Document document, Node root) const {
    std::string_view out;
    for (const Compiled& compiled : expressions_) {
      Node token = usable(compiled).one(document, root);
      if (token && document.text(token, out) == Document::Text::Found) return out;
    }
    return {};
  }

 private:
  // A JSONPath that goes into the body and does not come back to the root.
  static bool looks_below_body(std::string_view source) {
    constexpr std::string_view kBody = "$.Body";
    if (source.substr(0, kBody.size()) != kBody) return false;
    source.remove_prefix(kBody.size());
    return !source.empty() && (source[0] == '.' || source[0] == '[') && source.find('$') == std::string_view::npos;
  }

  void require_set() const {
    if (!is_set()) throw Reject("expression-missing", "An expression must be set for [" + name_ + "].");
  }

  template <class Accept>
  void extract(Document document, Node root, Accept accept) const {
    require_set();
    bool found = false;
    for (const Compiled& compiled : expressions_) {
      Node token = usable(compiled).one(document, root);
      if (token && accept(token)) return;
      found = found || token;
    }
    std::string message = "Unable to extract required value for [" + name_ + "] using " + excerpt(sources_);
    if (!found) throw Reject("required-value-missing", message + ": nothing is there.");
    throw Reject("required-value-unusable", message + ": what is there is null, blank or of the wrong kind.");
  }

  // Of long expressions the beginning, up to a whole character.
  static std::string excerpt(const std::string& text) {
    std::size_t shown = 200;
    if (text.size() <= shown) return text;
    while (shown > 0 && (static_cast<unsigned char>(text[shown]) & 0xC0) == 0x80) --shown;
    return text.substr(0, shown) + "…";
  }

  std::string name_;
  std::string sources_;
  std::vector<Compiled> expressions_;
  bool is_of_the_body_ = false;
};

}  // namespace aorta::content
