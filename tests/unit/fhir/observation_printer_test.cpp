#include "core/fhir/observation_printer.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "core/fhir/resource_id.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

// A few things each may be, one of them mostly, so that one Observation is often like the one before it.
class Choices {
 public:
  template <class T, std::size_t N>
  const T& of(const T (&all)[N]) {
    return next(3) == 0 ? all[next(N)] : all[0];
  }
  std::uint64_t next(std::uint64_t end) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state_ >> 33U) % end;
  }

 private:
  std::uint64_t state_ = 11;
};

// An observation group of some of the values "hr", "spo2" and "note", and what it lives in.
struct SomeGroup {
  explicit SomeGroup(Choices& choices) {
    constexpr std::string_view kTypes[] = {"hr", "HR"};
    constexpr std::string_view kSegments[] = {
        "20240305100000Z.20240305100000Z", "visit", "\"quoted\"", "\\", "caf\xC3\xA9"};
    constexpr std::string_view kNumbers[] = {"72", "101", "7", "72.50", "-3", "+7", "1e3", "x\"y", "99.9999999999999"};
    DateTime start = at("2024-03-05T10:00:00Z");
    start.ticks += static_cast<std::int64_t>(choices.next(1'000'000'000'000));
    DateTime end = choices.next(4) == 0 ? at("2026-01-01T00:00:00+01:00") : start;
    values.reserve(3);
    for (std::string_view name : {"hr", "spo2", "note"}) {
      if (choices.next(8) != 0) values.push_back({start, choices.of(kNumbers)});
      if (choices.next(8) != 0 && !values.empty()) series.push_back({name, {&values.back(), 1}});
    }
    group = {choices.of(kTypes), {start, end}, choices.of(kSegments), series, {}};
  }
  SomeGroup(const SomeGroup&) = delete;

  std::vector<group::TimedValue> values;
  std::vector<group::Series> series;
  group::ObservationGroup group;
};

constexpr std::string_view kQuantity = R"("value":{"valueType":"Quantity","valueName":"hr","unit":"/min"})";
constexpr std::string_view kComponents =
    R"(,"components":[{"codes":[{"code":"1"}],"value":{"valueType":"Quantity","valueName":"spo2"}},)"
    R"({"codes":[],"value":{"valueType":"Quantity","valueName":"note"}}])";
constexpr std::string_view kText = R"(,"components":[{"codes":[],"value":{"valueType":"String","valueName":"note"}}])";
constexpr std::string_view kComponentsOnly =
    R"("components":[{"codes":[],"value":{"valueType":"Quantity","valueName":"spo2"}}])";

}  // namespace

TEST_CASE("observation printer: each is what it would be alone, whatever was printed before it", "[fhir][unit]") {
  const fhir::ObservationMapping mappings[] = {
      mapping_with(std::string(kQuantity) + std::string(kComponents)), mapping_with(kQuantity),
      mapping_with(std::string(kQuantity) + std::string(kText)), mapping_with(kComponentsOnly),
      mapping_with(R"("value":{"valueType":"SampledData","valueName":"hr","defaultPeriod":1000})")};
  const fhir::ObservationTemplate* const templates[] = {
      mappings[0].find("hr"), mappings[1].find("hr"), mappings[2].find("hr"), mappings[3].find("hr"),
      mappings[4].find("hr")};
  const fhir::Identities links[] = {
      {"p", "d", ""},
      {"q", "d", ""},
      {"p", "e", ""},
      {"p", "d", "e"},
      {"p", "d", "f"},
      {"p\"1", "d", ""},
      {"a-patient-of-a-longer-name", "d", ""}};
  constexpr std::string_view kIssued[] = {"2024-03-05T10:00:01.0000000Z", "2025-03-05T10:00:01.5Z"};
  fhir::ObservationPrinter printer;
  Choices choices;
  for (int i = 0; i < 5000; ++i) {
    SomeGroup some(choices);
    const fhir::ObservationTemplate& made_by = *choices.of(templates);
    const fhir::Identities& whose = choices.of(links);
    Named named(whose, some.group);
    fhir::NewObservation as = *named.get();
    as.patient = whose.patient;
    as.device = whose.device;
    as.encounter = whose.encounter;
    as.issued = choices.of(kIssued);
    if (choices.next(64) == 0) printer.begin();
    auto alone = fhir::create_observation(made_by, some.group, &as);
    auto printed = printer.print(made_by, some.group, as);
    REQUIRE(printed.has_value() == alone.has_value());
    if (alone.has_value()) REQUIRE(*printed == *alone);
    if (alone.has_error()) CHECK(printed.error().message() == alone.error().message());
  }
}

TEST_CASE("observation printer: those of one device are written over each other in place", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::ObservationPrinter printer;
  const char* where = nullptr;
  for (const char* text : {"72", "101.5", "7"}) {
    printer.begin();
    DateTime time = at("2024-03-05T10:00:00Z");
    OneSeries group("hr", {time, time}, "hr", {{time, text}});
    Named named({"p", "d", ""}, group);
    auto printed = printer.print(*mapping.find("hr"), group, *named.get());
    REQUIRE(printed.has_value());
    CHECK(printed->find(R"("value":)" + std::string(text) + ",") != std::string::npos);
    if (where) CHECK(printed->data() == where);
    where = printed->data();
  }
}

TEST_CASE("observation printer: texts in the same place are looked at anew after begin()", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::ObservationPrinter printer;
  std::string patient = "p";
  for (char name : {'p', 'q', 'r'}) {
    printer.begin();
    patient[0] = name;
    DateTime time = at("2024-03-05T10:00:00Z");
    OneSeries group("hr", {time, time}, "hr", {{time, "72"}});
    Named named({patient, "d", ""}, group);
    fhir::NewObservation as = *named.get();
    as.patient = patient;
    auto printed = printer.print(*mapping.find("hr"), group, as);
    REQUIRE(printed.has_value());
    CHECK(printed->find("Patient/" + patient + "\"") != std::string::npos);
    CHECK(printed->find(std::string(as.identifier)) != std::string::npos);
  }
}
