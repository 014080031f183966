#include "core/document/known_names.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "core/document/tape_member.hpp"
#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

std::string read_with(Document& document, const std::string& body) {
  auto done = document.read_envelope({body, {}, {}});
  return done.has_error() ? "!" + std::string(done.error().reason()) : json(document.root());
}

// Names by the tag as well: each is found, and none is there twice.
bool finds_all(const Node& node) {
  for (Child child : Children(node)) {
    if (child.named && member(node, child.name) != child.node) return false;
    if (!finds_all(*child.node)) return false;
  }
  return true;
}

// Members of messages that are nearly alike.
constexpr std::string_view kMembers[] = {
    "\"deviceId\":\"d-1\"",
    "\"deviceIe\":\"d-1\"",
    "\"deviceId\" :\"d-1\"",
    "\"deviceId\": 1",
    "\"device\":2",
    "\"a\":1",
    "\"b\":1",
    "\"\":1",
    "\"a\\u0062\":1",
    "\"a name of twenty-nine letters\":1",
    "\"a name of more than thirty-two letters\":1",
    "\"a name of thirty letters, yes!\":1",
    "'a':1",
    "a:1",
    "\"a\":{\"a\":1,\"b\":2}",
    "\"list\":[1,2,{\"a\":1}]",
    "\"\xC3\xA9\":1"};

}  // namespace

TEST_CASE("known names: what one message teaches changes nothing of the next", "[document]") {
  std::mt19937 random(7);
  auto pick = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  Document learned;
  for (int i = 0; i < 20'000; ++i) {
    std::string body = "{";
    std::size_t members = pick(70) == 0 ? 80 : pick(8);
    for (std::size_t k = 0; k < members; ++k)
      body.append(k == 0 ? "" : ",").append(kMembers[pick(std::size(kMembers))]);
    body += pick(20) == 0 ? "" : "}";
    if (pick(3) == 0) body += std::string(40, ' ');
    Document fresh;
    REQUIRE(read_with(learned, body) == read_with(fresh, body));
    REQUIRE(finds_all(learned.root()));
  }
}

TEST_CASE("known names: a name begins with all of itself", "[document]") {
  constexpr std::string_view kText = "\"name\":                                    ";
  KnownName known;
  CHECK_FALSE(known.begins(kText.data()));
  known.remember(kText.data(), 4, 17);
  CHECK(known.begins(kText.data()));
  CHECK(known.tag() == 17);
  CHECK_FALSE(known.begins("\"nane\":                                    "));
  CHECK_FALSE(known.begins("\"name\" :                                   "));
  CHECK_FALSE(known.begins("\"names\":                                   "));
  CHECK(known.begins("\"name\":1234567890123456789012345678901"));
}

TEST_CASE("a member's name: looked for where it was last, and found wherever it is", "[document]") {
  MemberName name("x");
  auto find = [&](std::string_view text) {
    Document document;
    REQUIRE(document.read_value(text).has_value());
    const Node* found = name.in(document.root());
    return found ? json(*found) : "nothing";
  };
  CHECK(find(R"({"b":0,"x":1})") == "1");
  CHECK(find(R"({"b":0,"x":2})") == "2");
  // As far behind its object as the one before, but of another object.
  CHECK(find(R"({"a":{"x":3},"x":4})") == "4");
  CHECK(find(R"({"a":{"x":3}})") == "nothing");
  CHECK(find(R"({"a":[{"x":3}],"b":[[[[]]]]})") == "nothing");
  CHECK(find(R"({})") == "nothing");
  CHECK(find(R"([{"x":5}])") == "nothing");
  CHECK(find(R"({"y":[1,2,3],"x":6})") == "6");
  CHECK(find(R"({"x":7})") == "7");
}
