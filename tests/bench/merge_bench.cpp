// An hour of 1 Hz samples merged into their SampledData one by one: what a merge costs after how many others. By
// correlation id, so that the stored text grows with each.
// merge_bench [SQLITE_FILE]  with a file: found, merged and saved there, a transaction each. Prints one JSON object.
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/fhir/sqlite_store.hpp"
#include "core/group/open_groups.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace aorta;

constexpr int kHour = 3600;
constexpr int kTenth = 360;
constexpr std::string_view kMapping =
    R"({"templateType":"CollectionFhir","template":[{"templateType":"CodeValueFhir","template":{"typeName":"hr",)"
    R"("codes":[{"system":"http://loinc.org","code":"8867-4"}],"periodInterval":-1,)"
    R"("value":{"valueType":"SampledData","valueName":"hr","defaultPeriod":1000,"unit":"/min"}}}]})";

[[noreturn]] void give_up(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

mapping::Measurement sample(int second) {
  mapping::Measurement m;
  m.type = "hr";
  m.device = "monitor-1";
  m.patient = "mrn-1";
  m.correlation = "session-1";
  m.occurred = {639'086'112'000'000'000 + second * DateTime::kTicksPerSecond, DateTime::Zone::Utc};
  m.values.push_back({"hr", std::to_string(60 + second % 40)});
  return m;
}

// In memory alone: the text that one merge gives is what the next one meets.
class Merging {
 public:
  void merge(int second) {
    mapping::Measurement m = sample(second);
    group::GroupList list({&m, 1});
    auto groups = group::make_observation_groups(list.front(), -1);
    if (groups.has_error()) give_up(groups.error().message());
    const fhir::ObservationTemplate& made_by = mapping_.templates().front();
    if (json_.empty()) {
      json_ = *fhir::create_observation(made_by, groups->front());
      return;
    }
    auto merged = fhir::merge_observation(made_by, groups->front(), json_, fhir::Amend::WhenChanged);
    if (merged.has_error()) give_up(merged.error().message());
    json_ = std::move(merged->json);
  }
  std::size_t bytes() const { return json_.size(); }

 private:
  fhir::ObservationMapping mapping_ = fhir::ObservationMapping::load(kMapping);
  std::string json_;
};

// As a pipeline's sink does it.
class Storing {
 public:
  explicit Storing(const std::string& file) {
    auto store = fhir::SqliteStore::open({file});
    if (store.has_error()) give_up(store.error().message());
    store_ = std::move(*store);
    writer_.emplace(mapping_, *store_, fhir::IdentityOptions{});
  }
  void merge(int second) {
    mapping::Measurement m = sample(second);
    group::GroupList list({&m, 1});
    if (store_->begin().has_error()) give_up("the store does not begin");
    auto endings = writer_->write(list.front());
    if (endings.has_error()) give_up(endings.error().message());
    if (endings->front().kind == fhir::Ending::Kind::Failed) give_up(endings->front().error.message());
    if (store_->commit().has_error()) give_up("the store does not commit");
  }
  std::size_t bytes() const { return 0; }

 private:
  fhir::ObservationMapping mapping_ = fhir::ObservationMapping::load(kMapping);
  std::unique_ptr<fhir::SqliteStore> store_;
  std::optional<fhir::ObservationWriter> writer_;
};

template <class Merges>
void measure(Merges& merges) {
  int second = 0;
  auto merge_until = [&](int end) {
    return bench::seconds([&] {
      for (; second < end; ++second) merges.merge(second);
    });
  };
  merge_until(1);
  double tenth = merge_until(kTenth);
  double middle = merge_until(kHour - kTenth);
  double last = merge_until(kHour);
  double all = tenth + middle + last;
  std::printf(
      "{\"us_first_tenth\": %.2f, \"us_last_tenth\": %.2f, \"seconds\": %.4f, \"ratio_to_linear\": %.3f, \"bytes\": "
      "%zu}\n",
      tenth / kTenth * 1e6, last / kTenth * 1e6, all, all / tenth / 10, merges.bytes()
  );
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    Storing storing(argv[1]);
    measure(storing);
    return 0;
  }
  {
    Merging warm;
    for (int second = 0; second < kTenth; ++second) warm.merge(second);
  }
  Merging merging;
  measure(merging);
  return 0;
}
