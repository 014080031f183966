#include <algorithm>
#include <cstring>

#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/expr/compare.hpp"
#include "core/expr/jmes_path/comparison.hpp"
#include "core/expr/jmes_path/functions.hpp"
#include "core/expr/jmes_path/utf16.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Link;
using document::Node;

std::string_view text_argument(const Call& call, std::uint32_t i) { return text_of(call.token(i), call.arena()); }

Value text_value(const Call& call, std::string_view text) { return document::make_string(call.arena(), text); }

bool ends_in_high_surrogate(std::string_view text) {
  return text.size() >= 3 && text[text.size() - 3] == '\xED' && (text[text.size() - 2] & 0x30) == 0x20;
}
bool starts_with_low_surrogate(std::string_view text) {
  return text.size() >= 3 && text[0] == '\xED' && (text[1] & 0x30) == 0x30;
}

// Texts put together in an arena. Halves of a character that meet must be joined, so that equal texts have equal bytes.
class TextBuilder {
 public:
  TextBuilder(Arena& arena, std::size_t room)
      : arena_(arena), start_(static_cast<char*>(arena.allocate(room + 1, 1))) {}

  void add(std::string_view text) {
    halves_met_ = halves_met_ || (starts_with_low_surrogate(text) && ends_in_high_surrogate(view()));
    size_ += text.copy(start_ + size_, text.size());
  }
  std::string_view text() const { return halves_met_ ? from_units(arena_, to_units(arena_, view())) : view(); }

 private:
  std::string_view view() const { return {start_, size_}; }

  Arena& arena_;
  char* start_;
  std::size_t size_ = 0;
  bool halves_met_ = false;
};

// Work on texts goes by this many bytes at a step, so that all steps together make 160 MB of text at most.
constexpr std::uint64_t kBytesPerStep = 16;
bool spend_bytes(const Call& call, std::uint64_t bytes) { return call.spend(bytes / kBytesPerStep); }

// Bytes of all names and texts below `token`, as often as each stands in it.
std::uint64_t text_bytes(const Node& token) {
  std::uint64_t sum = token.text_size;
  for (Child c : Children(token)) sum += c.name.size() + text_bytes(*c.node);
  return sum;
}

// In time linear to both, unlike std::string_view::find.
bool holds_text(std::string_view text, std::string_view wanted) {
  return wanted.empty() || memmem(text.data(), text.size(), wanted.data(), wanted.size()) != nullptr;
}

Value reversed_text(const Call& call, std::string_view text) {
  if (!spend_bytes(call, text.size())) return {};
  std::span<char16_t> units = to_units(call.arena(), text);
  std::reverse(units.begin(), units.end());
  return text_value(call, from_units(call.arena(), units));
}

Value reversed_array(const Call& call, const Node& array) {
  if (!call.spend(array.count)) return {};
  std::span<Link> links = call.arena().make_array<Link>(array.count);
  std::size_t i = links.size();
  for (Child c : Children(array)) links[--i].value = c.node;
  return make_container(call.arena(), Kind::Array, links);
}

bool holds_element(const Call& call, const Node& array, const Node& wanted) {
  for (Child c : Children(array)) {
    if (!call.spend(std::min(weight(*c.node, kMaxSteps), weight(wanted, kMaxSteps)))) return false;
    if (deep_equal(*c.node, wanted)) return true;
  }
  return false;
}

}  // namespace

Value contains(const Call& call) {
  const Node& subject = call.token(0);
  if (subject.kind == Kind::Array) {
    bool found = holds_element(call, subject, call.token(1));
    return call.spend(0) ? Value(document::make_boolean(found)) : Value();
  }
  if (subject.kind == Kind::Date) return document::make_boolean(false);
  document::TextResult wanted = document::to_text(call.token(1), call.arena());
  if (wanted.state != document::TextResult::State::Text) return call.fail("argument 2 must be a value that has a text");
  if (!spend_bytes(call, subject.text_size + wanted.text.size())) return {};
  return document::make_boolean(holds_text(subject.text(), wanted.text));
}

Value ends_with(const Call& call) {
  return document::make_boolean(text_argument(call, 0).ends_with(text_argument(call, 1)));
}

Value starts_with(const Call& call) {
  return document::make_boolean(text_argument(call, 0).starts_with(text_argument(call, 1)));
}

Value insert_string(const Call& call) {
  const Node& position = call.token(2);
  if (!spend_bytes(call, call.token(0).text_size + std::uint64_t{call.token(1).text_size})) return {};
  std::span<char16_t> units = to_units(call.arena(), call.token(0).text());
  if (position.kind != Kind::Integer || position.integer < 0 ||
      position.integer > static_cast<std::int64_t>(units.size())) {
    return call.fail("argument 3 must be a position from 0 to the length of the text");
  }
  auto at = static_cast<std::size_t>(position.integer);
  std::string_view inserted = call.token(1).text();
  TextBuilder built(call.arena(), units.size() * 3 + inserted.size());
  built.add(from_units(call.arena(), units.first(at)));
  built.add(inserted);
  built.add(from_units(call.arena(), units.subspan(at)));
  return text_value(call, built.text());
}

Value join(const Call& call) {
  std::string_view separator = text_argument(call, 0);
  std::size_t size = 0;
  for (Child c : Children(call.token(1))) {
    if (c.node->kind != Kind::String && c.node->kind != Kind::Date)
      return call.fail("every item must be a string, one is not");
    size += separator.size() + text_of(*c.node, call.arena()).size();
  }
  if (!call.spend(call.token(1).count) || !spend_bytes(call, size)) return {};
  TextBuilder built(call.arena(), size);
  bool first = true;
  for (Child c : Children(call.token(1))) {
    if (!first) built.add(separator);
    first = false;
    built.add(text_of(*c.node, call.arena()));
  }
  return text_value(call, built.text());
}

Value length(const Call& call) {
  const Node& subject = call.token();
  bool text = subject.kind == Kind::String || subject.kind == Kind::Date;
  std::size_t size = text ? utf16_size(text_argument(call, 0)) : subject.count;
  return document::make_integer(call.arena(), static_cast<std::int64_t>(size));
}

Value reverse(const Call& call) {
  const Node& subject = call.token();
  return subject.kind == Kind::Array ? reversed_array(call, subject) : reversed_text(call, text_argument(call, 0));
}

Value to_string(const Call& call) {
  const Node& value = call.token();
  if (value.kind == Kind::String || value.kind == Kind::Date) return &value;
  if (!call.spend(weight(value, kMaxSteps)) || !spend_bytes(call, text_bytes(value))) return {};
  std::string json;
  document::append_json(json, value);
  return text_value(call, call.arena().copy(json));
}

}  // namespace aorta::expr::jmes_path
