#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "core/conform/conform.hpp"

using namespace aorta;
namespace json = boost::json;

namespace {

constexpr const char* kDevice = R"json({"templateType":"CollectionContent","template":[
  {"templateType":"JsonPathContent","template":{"typeName":"vitals","typeMatchExpression":"$..[?(@.hr)]",
    "deviceIdExpression":"$.id","timestampExpression":"$.time","values":[{"valueName":"hr","valueExpression":"$.hr"}]}},
  {"templateType":"JsonPathContent","template":{"typeName":"breath","typeMatchExpression":"$..[?(@.rr)]",
    "deviceIdExpression":"$.id","timestampExpression":"$.time","values":[{"valueName":"rr","valueExpression":"$.rr"}]}}
]})json";

constexpr const char* kFhir = R"json({"templateType":"CollectionFhir","template":[
  {"templateType":"CodeValueFhir","template":{"typeName":"vitals","codes":[],"value":{"valueType":"Quantity","valueName":"hr"}}},
  {"templateType":"CodeValueFhir","template":{"typeName":"breath","codes":[],"components":[
    {"codes":[],"value":{"valueType":"Quantity","valueName":"rr"}}]}}
]})json";

json::object validate(const std::string& device, const std::string& fhir, json::array events, bool aggregate = false) {
  json::object request{{"id", "1"}, {"kind", "validate"}, {"deviceMapping", device}, {"fhirMapping", fhir}};
  request["documents"] = std::move(events);
  request["aggregate"] = aggregate;
  std::istringstream in(json::serialize(request) + "\n");
  std::ostringstream out;
  conform::run(in, out);
  return json::parse(out.str()).as_object();
}

std::string event(const std::string& members) {
  return R"({"Body":{"id":"d","time":"2024-03-05T10:00:00Z",)" + members + "}}";
}

std::vector<std::int64_t> counts(const json::object& answer) {
  std::vector<std::int64_t> out;
  for (const json::value& one : answer.at("documents").as_array()) out.push_back(one.at("count").as_int64());
  return out;
}

}  // namespace

TEST_CASE("validate: aggregation counts the same bad text as one, whatever value it was read for", "[conform]") {
  std::vector<std::int64_t> alike = counts(validate(kDevice, kFhir, {event(R"("hr":"x","rr":"x")")}, true));
  CHECK(alike == std::vector<std::int64_t>{2});
  std::vector<std::int64_t> other = counts(validate(kDevice, kFhir, {event(R"("hr":"x","rr":"y")")}, true));
  CHECK(other == std::vector<std::int64_t>{1, 1});
}

TEST_CASE("validate: aggregation tells long bad texts of one length apart", "[conform]") {
  std::string a = event("\"hr\":\"" + std::string(40, 'a') + '"');
  std::string b = event("\"hr\":\"" + std::string(40, 'b') + '"');
  CHECK(counts(validate(kDevice, kFhir, {a, b, a}, true)) == std::vector<std::int64_t>{2, 1});
}

TEST_CASE("validate: blank text and null are no mapping and no fault", "[conform]") {
  for (const char* none : {"null", " \n", "// only this\nnull"}) {
    json::object answer = validate(kDevice, none, {event(R"("hr":1)")});
    CHECK(answer.at("issues").as_array().empty());
    REQUIRE(answer.at("documents").as_array().size() == 1);
    CHECK(answer.at("documents").at(0).at("measurements").as_array().size() == 1);
    CHECK(answer.at("documents").at(0).at("observations").as_array().empty());
    CHECK(validate(none, kFhir, {event(R"("hr":1)")}).at("documents").as_array().empty());
  }
  CHECK(validate(" ", "", {}).contains("error"));
}

TEST_CASE("validate: a FHIR mapping that is no collection is not matched", "[conform]") {
  json::object no_root = validate(kDevice, R"({"templateType":"Other","template":[]})", {});
  CHECK(no_root.at("issues").as_array().size() == 1);
  json::object no_items = validate(kDevice, R"({"templateType":"CollectionFhir","template":[]})", {});
  REQUIRE(no_items.at("issues").as_array().size() == 2);
  CHECK(no_items.at("issues").at(0).at("level") == "WARN");
}
