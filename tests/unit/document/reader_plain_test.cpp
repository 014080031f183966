#include <catch2/catch.hpp>
#include <memory>
#include <random>

#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

void describe(std::string& out, const Node& node) {
  out += std::to_string(static_cast<int>(node.kind)) + " " + std::to_string(node.span) + " <" +
         std::string(node.text()) + "> ";
  if (!node.is_container()) out += json(node);
  for (Child child : Children(node)) {
    out += "[" + std::string(child.name) + "/" + std::to_string(child.node->name_tag) + "/";
    describe(out, *child.node);
    out += "]";
  }
}

// Everything of every node, or the whole error.
std::string described(std::string_view text, Document::Options options) {
  Document document;
  auto done = document.read_value(text, options);
  std::string out = done.has_error() ? done.error().text() : std::string();
  describe(out, document.root());
  return out;
}

// Positions make the reader take single steps only.
void check_alike(const std::string& text) {
  auto exact = std::make_unique<char[]>(text.size());  // so that a look behind the end is seen
  std::copy(text.begin(), text.end(), exact.get());
  std::string_view view(exact.get(), text.size());
  CAPTURE(text);
  REQUIRE(
      described(view, {.dates = true, .whole = true, .positions = false}) ==
      described(view, {.dates = true, .whole = true, .positions = true})
  );
}

constexpr const char* kPieces[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\"",
    "\"a\\n\"",
    "'a'",
    "a",
    "1",
    "-0",
    "007",
    "72.50",
    "-.5",
    "1e3",
    "1.",
    "12345678901234567890",
    "0.1234567890123456",
    "true",
    "false",
    "null",
    "nullx",
    "NaN",
    "new",
    " ",
    "\n",
    "/*x*/",
    "//y\n",
    "\"",
    "\"2026-03-05T00:00:00.137Z\"",
    "\"9999-12-31T24:00:00\"",
    "\"a long text with more than sixteen bytes\"",
    "\"\xC3\xA9\"",
    "\xC2\xA0",
    "\"longer-than-eight\":1,",
    "\"x\":{\"y\":[1,2,{\"z\":-1.25}]},",
    "-",
    "t",
    "undefined"};

}  // namespace

TEST_CASE("reader: a fast run gives what single steps give", "[document]") {
  for (const char* text :
       {"[]",
        "{}",
        "[1]",
        "{\"a\":1}",
        "{\"a\":{\"b\":[[],{}]}}",
        "[1,]",
        "[,1]",
        "[1,,2]",
        "{\"a\":1,}",
        "{,}",
        "[}",
        "{]",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":}",
        "[\"a]",
        "[\"a\\\"]",
        "[tru]",
        "[true",
        "[truex]",
        "[-]",
        "[1.]",
        "[1.5e]",
        "[1]]",
        "[1] ]",
        "{\"a\":1,\"b\":2,\"a\":{\"c\":3}}",
        " { \"a\" : [ 1 , 2.5 ] } \n",
        "[1]\n",
        "[1]//x"})
    check_alike(text);
}

TEST_CASE("reader: a fast run gives what single steps give, whatever the text", "[document]") {
  std::mt19937 random(20261123);
  auto pick = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  for (int i = 0; i < 20'000; ++i) {
    std::string text = pick(2) == 0 ? "{" : "[";
    for (std::size_t left = 1 + pick(24); left > 0; --left) text += kPieces[pick(std::size(kPieces))];
    if (pick(4) != 0) text += text[0] == '{' ? "}" : "]";
    check_alike(text);
  }
}

TEST_CASE("reader: a fast run gives what single steps give, members and all", "[document]") {
  std::mt19937 random(4);
  for (int i = 0; i < 2'000; ++i) {
    std::string text = "{";
    for (std::size_t left = random() % 50; left > 0; --left) {
      text += "\"" + std::string(random() % 3, 'n') + std::to_string(random() % 40) + "\":";
      text += kPieces[11 + random() % 4];
      if (left > 1) text += ",";
    }
    check_alike(text + "}");
  }
}
