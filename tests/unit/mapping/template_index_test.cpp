#include "core/mapping/template_index.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::mapping;

namespace {

using Required = std::vector<std::vector<std::string>>;
using Found = std::vector<std::uint32_t>;

Found candidates(const Required& required, std::string_view body) {
  TemplateIndex index(required);
  REQUIRE(index.is_worthwhile());
  document::Document message;
  REQUIRE(message.read_envelope({body, {}, {}}).has_value());
  auto found = index.candidates(message);
  return {found.begin(), found.end()};
}

}  // namespace

TEST_CASE("template index: templates whose name is anywhere in the message are tried, in order", "[mapping]") {
  Required required{{"d"}, {"b"}, {"c"}, {"a"}, {"b"}};
  CHECK(candidates(required, R"({"a":[{"b":1},{"b":2}],"x":0})") == Found{1, 3, 4});
  CHECK(candidates(required, R"([["a"],"b"])").empty());
}

TEST_CASE("template index: a template that needs nothing is always tried", "[mapping]") {
  Required required{{}, {"a"}, {"a"}, {"b"}, {"c"}, {}};
  CHECK(candidates(required, R"({"b":1})") == Found{0, 3, 5});
  CHECK(candidates(required, "7") == Found{0, 5});
}

TEST_CASE("template index: the name that fewest templates need decides", "[mapping]") {
  Required required{{"Body", "dev", "hr"}, {"Body", "dev", "bp"}, {"Body", "dev", "o2"}, {"dev", "hr"}};
  CHECK(candidates(required, R"({"dev":"d1","bp":1})") == Found{1});
}

TEST_CASE("template index: what every envelope has decides nothing", "[mapping]") {
  Required required{{"Body"}, {"SystemProperties"}, {"a"}, {"b"}, {"c"}, {"d"}};
  CHECK(candidates(required, R"({"c":1})") == Found{0, 1, 4});
}

TEST_CASE("template index: many names, also such that begin and end alike", "[mapping]") {
  Required required;
  for (int i = 0; i < 5000; ++i) required.push_back({"channel-" + std::to_string(10'000 + i) + "-value"});
  for (std::uint32_t i : {0U, 1U, 63U, 64U, 2500U, 4999U}) {
    CHECK(candidates(required, R"({")" + required[i].front() + R"(":1})") == Found{i});
  }
  CHECK(candidates(required, R"({"channel-09999-value":1,"channel-15000-value":1})").empty());
}

TEST_CASE("template index: few templates are not worth a look", "[mapping]") {
  CHECK_FALSE(TemplateIndex().is_worthwhile());
  CHECK_FALSE(TemplateIndex(Required{{"a"}, {"b"}, {}, {}, {}, {}}).is_worthwhile());
}
