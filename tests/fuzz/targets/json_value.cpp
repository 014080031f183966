// The JSON reader: a byte of options, then the text.
#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <cstdlib>
#include <string>

#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "tests/fuzz/support/outline.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

using document::Child;
using document::Children;
using document::Document;
using document::Kind;
using document::Node;
using At = Document::At;

Document::Options options(unsigned bits) {
  return {.dates = (bits & 1) != 0, .whole = (bits & 2) != 0, .positions = (bits & 4) != 0};
}

void spans(const Node& node) {
  std::uint32_t span = 1;
  for (Child child : Children(node)) {
    spans(*child.node);
    span += child.node->span;
    if (child.named) require(document::member(node, child.name) == child.node, "each name occurs once");
  }
  require(span == node.span, "a node spans its children");
}

bool not_before(Position later, Position earlier) {
  return later.line > earlier.line || (later.line == earlier.line && later.column >= earlier.column);
}

// Duplicate names keep the place of the first and the position of the last, so that only the nodes' own place is sure.
void positions(const Document& document, const Node& node) {
  Position at = document.position(node, At::Node);
  require(at.line >= 1 && at.column >= 0, "each node has a position");
  for (Child child : Children(node)) {
    require(not_before(document.position(*child.node, At::Node), at), "a child stands behind its parent's start");
    positions(document, *child.node);
  }
}

void floats(const Node& node) {
  std::string text(node.text());
  bool plain = node.kind == Kind::Float && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (plain) {
    double expected = std::strtod(text.c_str(), nullptr);
    bool same = std::bit_cast<std::uint64_t>(node.number) == std::bit_cast<std::uint64_t>(expected);
    require(same, "a number reads as the C library reads it");
  }
  for (Child child : Children(node)) floats(*child.node);
}

// Leading zeros count as digits, so that a small number may be a BigInteger; it is written without them.
bool has_small_big_integer(const Node& node) {
  constexpr std::size_t kDigitsOfMost = 19;
  std::string_view text = node.text();
  text.remove_prefix(std::min(text.find_first_not_of("-0"), text.size()));
  if (node.kind == Kind::BigInteger && text.size() <= kDigitsOfMost) return true;
  for (Child child : Children(node)) {
    if (has_small_big_integer(*child.node)) return true;
  }
  return false;
}

// NaN and infinities are written as strings, lone surrogates as U+FFFD, small BigIntegers as Integers: those change,
// but only once.
void written_again(const Node& root, const Document::Options& given) {
  std::string shape = outline(root);
  if (!is_utf8(shape)) return;
  std::string json;
  document::append_json(json, root);
  Document again;
  auto read = again.read_value(json, {.dates = given.dates, .whole = true, .positions = false});
  require_same(outline(read), "ok", "a written document is JSON");
  std::string json_again;
  document::append_json(json_again, again.root());
  require_same(json_again, json, "a written document is written the same");
  bool strings = json.find("NaN\"") != std::string::npos || json.find("Infinity\"") != std::string::npos;
  if (!strings && !has_small_big_integer(root))
    require_same(outline(again.root()), shape, "a written document reads back the same");
}

// Which the other library reads and writes inexactly; 0e+1540 it takes for NaN.
bool has_double(const boost::json::value& value) {
  if (const auto* array = value.if_array()) return std::any_of(array->begin(), array->end(), has_double);
  if (const auto* object = value.if_object())
    return std::any_of(object->begin(), object->end(), [](const auto& member) { return has_double(member.value()); });
  return value.is_double();
}

// What is JSON by the standard is JSON here too, and means the same.
void standard_json(std::string_view text) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(text, failed);
  if (failed) return;
  Document ours;
  auto read = ours.read_value(text, {.dates = false});
  require_same(outline(read), "ok", "standard JSON is read");
  if (has_double(value)) return;
  Document theirs;
  std::string json = boost::json::serialize(value);
  require(!theirs.read_value(json, {.dates = false}).has_error(), "what another library writes is read");
  require_same(outline(ours.root()), outline(theirs.root()), "standard JSON means what another library says");
}

void json_value(std::string_view input) {
  Document::Options given = options(take_byte(input));
  Document first;
  auto read = first.read_value(input, given);
  std::string shape = outline(first.root());
  Document second;
  static_cast<void>(second.read_value("[1, 2, {\"three\": \"4\\n\"}]"));  // a document may be used again
  std::string copy(input);
  auto read_again = second.read_value(copy, given);
  require_same(outline(read), outline(read_again), "reading twice ends the same");
  require_same(shape, outline(first.root()), "reading elsewhere changes nothing");
  if (read.has_error()) {
    require(is_utf8(read.error().text()), "an error is valid UTF-8");
    require(first.root().kind == Kind::Null, "a document that could not be read holds null");
    return;
  }
  require(!second.read_value(copy, given).has_error(), "reading twice ends the same");
  require_same(shape, outline(second.root()), "reading twice gives the same");
  spans(first.root());
  floats(first.root());
  if (given.positions) positions(first, first.root());
  written_again(first.root(), given);
  if (given.whole) standard_json(input);
}

}  // namespace

const Target kJsonValue{"json_value", json_value};

}  // namespace aorta::fuzz
