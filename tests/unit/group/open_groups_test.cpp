#include <algorithm>
#include <catch2/catch.hpp>
#include <span>

#include "core/group/open_groups.hpp"

namespace {

using aorta::DateTime;
using aorta::mapping::Measurement;

Measurement reading(std::int64_t occurred, std::string value, std::optional<std::int64_t> ingested = std::nullopt) {
  Measurement m;
  m.type = "hr";
  m.device = "d";
  m.occurred = {occurred};
  if (ingested) m.ingested = DateTime{*ingested};
  m.values.push_back({"hr", std::move(value)});
  return m;
}

aorta::group::GroupList groups_of(const std::vector<Measurement>& measurements) {
  return aorta::group::make_groups(measurements);
}

}  // namespace

TEST_CASE("groups: of one time, what was ingested last stands in the place of the first", "[group][unit]") {
  auto groups = groups_of({reading(1, "a", 5), reading(2, "b"), reading(1, "c", 9), reading(1, "d", 7)});
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].measurements.size() == 2);
  CHECK(groups[0].measurements[0].values[0].text == "c");
  CHECK(groups[0].measurements[1].values[0].text == "b");
  CHECK(groups[0].replaced.size() == 2);
}

TEST_CASE("groups: without ingestion times the first stays", "[group][unit]") {
  auto groups = groups_of({reading(1, "a"), reading(1, "b")});
  CHECK(groups[0].measurements[0].values[0].text == "a");
}

TEST_CASE("groups: stand in order of first appearance", "[group][unit]") {
  Measurement other = reading(1, "x");
  other.patient = "p";
  auto groups = groups_of({reading(1, "a"), other, reading(2, "b")});
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].first().patient.data() == nullptr);
  CHECK(groups[0].measurements.size() == 2);
}

TEST_CASE("groups: the key is a joined text, as in the reference", "[group][unit]") {
  Measurement left = reading(1, "a");
  left.device = "a-b";
  left.type = "c";
  Measurement right = reading(2, "b");
  right.device = "a";
  right.type = "b-c";
  CHECK(groups_of({left, right}).size() == 1);
}

namespace {

using aorta::group::Group;
using aorta::group::Member;
using aorta::group::MemberBuffer;
using aorta::group::OpenGroups;

// All that a member says, to compare by.
std::string told(const Member& m) {
  auto text = [](std::string_view t) {
    return t.data() == nullptr ? std::string("(none)") : "'" + std::string(t) + "'";
  };
  auto time = [](const aorta::DateTime& t) {
    return std::to_string(t.ticks) + "/" + std::to_string(static_cast<int>(t.zone));
  };
  std::string out = text(m.device) + text(m.type) + text(m.patient) + text(m.encounter) + text(m.correlation);
  out += time(m.occurred) + (m.ingested ? time(*m.ingested) : "-") + "#" + std::to_string(m.record);
  for (const aorta::mapping::ValueView& value : m.values) out += " " + text(value.name) + "=" + text(value.text);
  return out;
}

std::vector<std::string> told(std::span<const Group> groups) {
  std::vector<std::string> out;
  for (const Group& group : groups) {
    for (const Member& m : group.measurements) out.push_back(told(m));
    for (const Member& m : group.replaced) out.push_back("replaced " + told(m));
  }
  return out;
}

std::vector<std::string> told(std::span<const Member> members) {
  std::vector<std::string> out;
  for (const Member& m : members) out.push_back(told(m));
  return out;
}

class Random {
 public:
  std::uint64_t below(std::uint64_t end) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state_ >> 33U) % end;
  }
  std::string text() { return std::string(below(40) == 0 ? below(500) : below(6), static_cast<char>('a' + below(26))); }
  std::optional<std::string> maybe() { return below(3) == 0 ? std::nullopt : std::optional(text()); }

 private:
  std::uint64_t state_ = 7;
};

Measurement any_measurement(Random& random, const std::string& device) {
  constexpr std::int64_t kTimes[] = {0, 1, 10'000, 639'086'112'000'000'000, aorta::DateTime::kMaxTicks};
  Measurement m;
  m.device = device;
  m.type = "t";
  auto zone = [&] { return static_cast<aorta::DateTime::Zone>(random.below(3)); };
  auto offset = static_cast<std::int64_t>(random.below(1'000'000));
  m.occurred = {std::min(aorta::DateTime::kMaxTicks, kTimes[random.below(5)] + offset), zone()};
  if (random.below(2) == 0) m.ingested = aorta::DateTime{kTimes[random.below(5)], zone()};
  m.record = random.below(4) == 0 ? ~std::uint64_t{0} - random.below(9) : random.below(1000);
  for (std::uint64_t i = random.below(4); i > 0; --i) m.values.push_back({random.text(), random.maybe()});
  return m;
}

}  // namespace

TEST_CASE("open groups: whatever was put in comes out, however long, far apart or unlike the last", "[group][unit]") {
  Random random;
  OpenGroups open(GENERATE(std::size_t{0}, std::size_t{25}, OpenGroups::kMostWhole));
  for (int round = 0; round < 20; ++round) {
    MemberBuffer buffer;
    std::uint64_t devices = 1 + random.below(40);
    for (int i = 0; i < 300; ++i) buffer.add(any_measurement(random, "d" + std::to_string(random.below(devices))));
    for (const Member& member : buffer.members()) open.add(member);
    CHECK(open.size() == 300);
    std::vector<std::string> found;
    std::size_t groups = 0;
    for (auto taken = open.take(50); !taken.empty(); taken = open.take(50)) {
      groups += taken.size();
      for (std::string& one : told(taken))
        found.push_back(one.starts_with("replaced ") ? one.substr(9) : std::move(one));
    }
    CHECK(groups == open.groups());
    std::vector<std::string> expected = told(buffer.members());
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    CHECK(found == expected);
    open.clear();
    CHECK(open.empty());
  }
}

TEST_CASE("open groups: a flush is taken in slices, whole groups in their order", "[group][unit]") {
  MemberBuffer buffer;
  for (std::int64_t i = 0; i < 30; ++i) {
    Measurement m = reading(i, std::to_string(i));
    m.device = "d" + std::to_string(i % 3);
    buffer.add(m);
  }
  OpenGroups open;
  for (const Member& member : buffer.members()) open.add(member);
  auto slice = open.take(20);
  REQUIRE(slice.size() == 2);
  CHECK(slice[0].first().device == "d0");
  CHECK(slice[1].measurements.size() == 10);
  CHECK(open.take(1)[0].first().device == "d2");
  CHECK(open.take(20).empty());
}

TEST_CASE("open groups: members of one key keep their own ids", "[group][unit]") {
  MemberBuffer buffer;
  for (auto [device, type] : {std::pair("a-b", "c"), std::pair("a", "b-c"), std::pair("a-b", "c")}) {
    Measurement m = reading(static_cast<std::int64_t>(buffer.members().size()), "x");
    m.device = device;
    m.type = type;
    buffer.add(m);
  }
  OpenGroups open;
  for (const Member& member : buffer.members()) open.add(member);
  auto groups = open.take(9);
  REQUIRE(groups.size() == 1);
  CHECK(told(groups) == told(buffer.members()));
}

TEST_CASE("member buffer: a vendor's faulty bytes are replaced, absent stays absent", "[group][unit]") {
  aorta::mapping::ValueView values[] = {{{}, "\xC3"}, {"n", {}}};
  aorta::mapping::MeasurementView view;
  view.device = "d\xFF";
  view.encounter = "";
  view.values = values;
  MemberBuffer buffer;
  buffer.add(view, std::nullopt, 3);
  CHECK(told(buffer.members()[0]) == "'d\xEF\xBF\xBD'''(none)''(none)0/0-#3 ''='\xEF\xBF\xBD' 'n'=(none)");
}
