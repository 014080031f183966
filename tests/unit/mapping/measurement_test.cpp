#include "core/mapping/measurement.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::mapping;

TEST_CASE("measurement: JSON has every member, nulls written", "[mapping]") {
  MeasurementView view;
  view.type = "hr";
  view.device = "d\"1";
  view.occurred = {DateTime::kUnixEpochTicks, DateTime::Zone::Utc};
  std::string out;
  append_json(out, view, std::nullopt);
  CHECK(
      out ==
      R"({"Type":"hr","OccurrenceTimeUtc":"1970-01-01T00:00:00Z","IngestionTimeUtc":null,"DeviceId":"d\"1","PatientId":null,)"
      R"("EncounterId":null,"CorrelationId":null,"Properties":[]})"
  );
}

TEST_CASE("measurement: values keep their order and may repeat a name", "[mapping]") {
  ValueView values[] = {{"b", "1"}, {"a", ""}, {"b", "2"}};
  MeasurementView view;
  view.type = "t";
  view.device = "d";
  view.patient = "";
  view.values = values;
  std::string out;
  append_json(out, view, DateTime{DateTime::kUnixEpochTicks, DateTime::Zone::Utc});
  CHECK(out.find(R"("PatientId":"")") != std::string::npos);
  CHECK(out.find(R"("IngestionTimeUtc":"1970-01-01T00:00:00Z")") != std::string::npos);
  CHECK(
      out.find(R"([{"Name":"b","Value":"1"},{"Name":"a","Value":""},{"Name":"b","Value":"2"}])") != std::string::npos
  );
}

TEST_CASE("measurement: what is owned tells absent from empty", "[mapping]") {
  ValueView values[] = {{"a", "1"}};
  MeasurementView view;
  view.type = "t";
  view.patient = "";
  view.values = values;
  Measurement owned = own(view);
  CHECK(owned.patient == std::optional<std::string>(""));
  CHECK(!owned.encounter.has_value());
  CHECK(owned.values[0].text == std::optional<std::string>("1"));
}

TEST_CASE("measurement: bytes that are no UTF-8 are replaced, lone surrogates stay", "[mapping]") {
  ValueView values[] = {{"v\xff", "72\xc3"}};
  MeasurementView view;
  view.type = "h\xe2\x82";
  view.device = "\xed\xa0\xbd";
  view.patient = "\xf0\x9f";
  view.values = values;
  Measurement owned = own(view);
  CHECK(owned.type == "h\uFFFD");
  CHECK(owned.device == "\xed\xa0\xbd");
  CHECK(owned.patient == "\uFFFD");
  CHECK(owned.values.at(0).name == "v\uFFFD");
  CHECK(owned.values.at(0).text == "72\uFFFD");
}
