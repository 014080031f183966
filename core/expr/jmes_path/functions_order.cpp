#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/expr/compare.hpp"
#include "core/expr/jmes_path/comparison.hpp"
#include "core/expr/jmes_path/functions.hpp"
#include "core/expr/numbers.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Link;
using document::Node;

constexpr std::string_view kMixedKeys = "the keys must be all numbers or all strings, dates not mixed with other texts";
constexpr std::string_view kMixedItems = "the items must be all numbers or all strings";

bool is_text(const Node& token) { return token.kind == Kind::String || token.kind == Kind::Date; }

// An item with what it is sorted by.
struct Keyed {
  const Node* item = nullptr;
  const Node* key = nullptr;
  double number = 0;
  std::string_view text;
};

// A stable merge sort within the arena: std::stable_sort would ask the heap for room, and the reference's order of
// floats, which has a tolerance, is none that std::sort may be given.
template <class Less>
void sort_stably(Arena& arena, std::span<Keyed> items, Less less) {
  std::span<Keyed> other = arena.make_array<Keyed>(items.size());
  std::span<Keyed> from = items;
  std::span<Keyed> to = other;
  for (std::size_t width = 1; width < items.size(); width *= 2, std::swap(from, to)) {
    for (std::size_t i = 0; i < items.size(); i += 2 * width) {
      std::size_t middle = std::min(i + width, items.size());
      std::size_t end = std::min(i + 2 * width, items.size());
      std::merge(&from[0] + i, &from[0] + middle, &from[0] + middle, &from[0] + end, &to[0] + i, less);
    }
  }
  if (from.data() != items.data()) std::copy(from.begin(), from.end(), items.begin());
}

std::span<Keyed> items_of(const Call& call) {
  std::span<Keyed> items = call.arena().make_array<Keyed>(call.token().count);
  std::size_t n = 0;
  for (Child c : Children(call.token())) items[n++].item = c.node;
  return items;
}

Value array_of(const Call& call, std::span<const Keyed> items) {
  std::span<Link> links = call.arena().make_array<Link>(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) links[i].value = items[i].item;
  return make_container(call.arena(), Kind::Array, links);
}

// NaN stands before every number.
bool number_less(const Keyed& a, const Keyed& b) {
  return a.number < b.number || (std::isnan(a.number) && !std::isnan(b.number));
}
bool text_less(const Keyed& a, const Keyed& b) { return compare_ordinal(a.text, b.text) < 0; }
bool key_less(const Keyed& a, const Keyed& b) { return compare_values(*a.key, *b.key) == Order::Less; }

// The key of an item among integers: as 32 bits, fractions rounded, halves to even. False beyond the range.
bool set_integer_key(Keyed& item) {
  if (item.item->kind == Kind::BigInteger) return false;
  item.number = std::nearbyint(number_of(*item.item));
  return item.number >= std::numeric_limits<std::int32_t>::min() &&
         item.number <= std::numeric_limits<std::int32_t>::max();
}

bool set_number_key(Keyed& item) {
  item.number = number_of(*item.item);
  return item.item->kind != Kind::BigInteger;
}

// The key of an item of any other kind: its text, empty for null. False where it has none.
bool set_text_key(Keyed& item, Arena& arena) {
  document::TextResult text = document::to_text(*item.item, arena);
  item.text = text.text;
  return text.state != document::TextResult::State::NoText;
}

bool set_key(Keyed& item, Kind first, Arena& arena) {
  if (first == Kind::Float) return set_number_key(item);
  if (first == Kind::Integer || first == Kind::BigInteger) return set_integer_key(item);
  return set_text_key(item, arena);
}

bool all_of_one_type(const Node& array) {
  std::string_view first;
  for (Child c : Children(array)) {
    if ((bit(c.node->kind) & kJson) == 0) return false;
    if (first.empty()) first = type_name(*c.node);
    if (type_name(*c.node) != first) return false;
  }
  return true;
}

bool compatible_keys(const Node& first, const Node& key) {
  if (first.is_number()) return key.is_number();
  return is_text(first) && key.kind == first.kind;
}

// What max_by and min_by compare by: a number, or the number that a text spells.
std::optional<double> number_key(const Node& key) {
  if (key.kind == Kind::Integer || key.kind == Kind::Float) return number_of(key);
  return key.kind == Kind::String ? parse_float_text(key.text()) : std::nullopt;
}

bool greater(double a, double b) { return a > b; }
bool smaller(double a, double b) { return a < b; }

// Of equals the later one is taken; keys of a single item are not looked at.
Value best_by(const Call& call, bool (*better)(double, double)) {
  if (call.token().count == 0) return call.fail("the array is empty");
  const Node* best = nullptr;
  double best_key = 0;
  for (Child c : Children(call.token())) {
    if (call.token().count == 1) return c.node;
    const Node* key = call.apply(1, *c.node);
    if (!key) return {};
    std::optional<double> number = number_key(*key);
    if (!number)
      return call.fail("every key must be a number or the text of one, one is a " + std::string(type_name(*key)));
    if (best && better(best_key, *number)) continue;
    best = c.node;
    best_key = *number;
  }
  return best;
}

Value best_text(const Call& call, int sign) {
  std::optional<std::string_view> best;
  for (Child c : Children(call.token())) {
    if (!is_text(*c.node)) return call.fail(kMixedItems);
    std::string_view text = text_of(*c.node, call.arena());
    if (!best || sign * compare_ordinal(text, *best) > 0) best = text;
  }
  return document::make_string(call.arena(), *best);
}

// NaN is below every number.
bool beats(double a, double b, int sign) {
  if (std::isnan(a) || std::isnan(b)) return sign > 0 ? !std::isnan(a) : !std::isnan(b);
  return sign > 0 ? a > b : a < b;
}

bool beats(const Node& a, const Node& b, int sign) {
  if (a.kind == Kind::Integer && b.kind == Kind::Integer)
    return sign > 0 ? a.integer > b.integer : a.integer < b.integer;
  return beats(number_of(a), number_of(b), sign);
}

// Integers stay integers unless a float is among them.
Value best_number(const Call& call, int sign) {
  const Node* best = nullptr;
  bool integers = true;
  for (Child c : Children(call.token())) {
    if (!c.node->is_number()) return call.fail(kMixedItems);
    if (c.node->kind == Kind::BigInteger) return call.fail("integers beyond 64 bits cannot be computed with");
    integers = integers && c.node->kind == Kind::Integer;
    if (!best || beats(*c.node, *best, sign)) best = c.node;
  }
  return integers ? document::make_integer(call.arena(), best->integer)
                  : document::make_float(call.arena(), number_of(*best));
}

Value best(const Call& call, int sign) {
  if (call.token().count == 0) return missing();
  const Node& first = *document::element(call.token(), 0);
  if (is_text(first)) return best_text(call, sign);
  return best_number(call, sign);
}

}  // namespace

Value max(const Call& call) { return best(call, 1); }
Value min(const Call& call) { return best(call, -1); }
Value max_by(const Call& call) { return best_by(call, greater); }
Value min_by(const Call& call) { return best_by(call, smaller); }

// The first item's kind decides what all are sorted by.
Value sort(const Call& call) {
  const Node& array = call.token();
  if (!all_of_one_type(array)) return call.fail("the items must be of one type");
  if (array.count == 0) return &array;
  std::span<Keyed> items = items_of(call);
  Kind first = items[0].item->kind;
  for (Keyed& item : items) {
    if (!set_key(item, first, call.arena()))
      return call.fail("one item cannot be sorted: integers must fit 32 bits, others need a text");
  }
  bool numbers = items[0].item->is_number();
  sort_stably(call.arena(), items, numbers ? number_less : text_less);
  return array_of(call, items);
}

Value sort_by(const Call& call) {
  std::span<Keyed> items = items_of(call);
  for (Keyed& item : items) {
    item.key = call.apply(1, *item.item);
    if (!item.key) return {};
    if (!compatible_keys(*items[0].key, *item.key)) return call.fail(kMixedKeys);
  }
  sort_stably(call.arena(), items, key_less);
  return array_of(call, items);
}

}  // namespace aorta::expr::jmes_path
