#include "core/conform/conform.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

using namespace aorta;
namespace json = boost::json;

namespace {

json::object answer(const std::string& line) {
  std::istringstream in(line + "\n");
  std::ostringstream out;
  conform::run(in, out);
  return json::parse(out.str()).as_object();
}

}  // namespace

TEST_CASE("conform: lists stay where there is nothing to list", "[conform]") {
  CHECK(answer(R"({"id":"a","kind":"observation","fhirMapping":"{}","steps":[]})").at("steps").as_array().empty());
  json::object identity = answer(R"({"id":"a","kind":"identity","mode":"Create","messages":[],"server":[]})");
  CHECK(identity.at("messages").as_array().empty());
  CHECK(identity.at("server").as_array().empty());
  CHECK(answer(R"({"id":"a","kind":"measurement_groups","measurements":[]})").at("groups").as_array().empty());
}

TEST_CASE("conform: every line gets an answer that carries its id", "[conform]") {
  CHECK(answer(R"({"id":"a","kind":"nothing"})").at("id") == "a");
  CHECK(answer(R"({"id":"b","kind":"measurement_groups","measurements":[null]})").at("error").at("class") == "group");
  CHECK(answer("[1]").at("id").is_null());
  CHECK(answer("no JSON").contains("error"));
}
