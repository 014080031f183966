#include "core/pipeline/test_runner.hpp"

#include <algorithm>

#include "core/document/convert.hpp"
#include "core/fhir/memory_store.hpp"
#include "core/pipeline/adapters.hpp"
#include "core/pipeline/engine.hpp"
#include "core/pipeline/list_source.hpp"
#include "core/pipeline/match.hpp"
#include "core/pipeline/opening.hpp"

namespace aorta::pipeline {
namespace {

using config::Value;

std::vector<ListedMessage> messages_of(const config::TestConfig& test) {
  std::vector<ListedMessage> out;
  for (const config::TestInput& input : test.inputs) {
    std::string position = "input " + std::to_string(out.size() + 1);
    out.push_back({input.body, input.properties, input.system_properties, std::move(position)});
  }
  return out;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (text.data() == nullptr) return;
  out += out.size() > 1 ? "," : "";
  document::append_json_string(out, name);
  out += ":";
  document::append_json_string(out, text);
}

// A measurement as tests speak of it: { type, device, patient, encounter, correlation, occurred, values: { name: text }
// }.
std::string measurement_json(const mapping::MeasurementView& m) {
  std::string out = "{";
  append_member(out, "type", m.type);
  append_member(out, "device", m.device);
  append_member(out, "patient", m.patient);
  append_member(out, "encounter", m.encounter);
  append_member(out, "correlation", m.correlation);
  append_member(out, "occurred", iso_text(m.occurred));
  std::string values = "{";
  for (const mapping::ValueView& v : m.values) append_member(values, v.name, v.text);
  return out + ",\"values\":" + values + "}}";
}

// Passes records on and remembers the measurements that came of them.
class RecordingNormalizer : public NormalizePort, mapping::MeasurementSink {
 public:
  explicit RecordingNormalizer(NormalizePort& inner) : inner_(inner) {}
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override {
    out_ = &out;
    return inner_.normalize(record, *this);
  }
  void add(const mapping::MeasurementView& measurement) override {
    seen.push_back(measurement_json(measurement));
    out_->add(measurement);
  }
  std::vector<std::string> seen;

 private:
  NormalizePort& inner_;
  mapping::MeasurementSink* out_ = nullptr;
};

class ListedLetters : public DeadLetterPort {
 public:
  Result<void> add(std::span<const Letter> letters) override {
    for (const Letter& letter : letters) seen.push_back(json_of(*letter.failure));
    return {};
  }
  std::vector<std::string> seen;

 private:
  static std::string json_of(const Failure& failure) {
    std::string out = "{";
    append_member(out, "reason", failure.reason);
    append_member(out, "message", failure.message);
    append_member(out, "where", failure.where);
    return out + "}";
  }
};

std::vector<std::string> rules_json(const Report& report) {
  std::vector<std::string> out;
  for (const auto& [rule, count] : report.filtered) {
    std::string one = "{";
    append_member(one, "rule", rule);
    out.insert(out.end(), count, one + "}");
  }
  return out;
}

Value no_items() {
  Value list;
  list.kind = Value::Kind::List;
  return list;
}

std::optional<Mismatch> compare(const Value& expected, const std::string& json) {
  document::Document actual;
  auto read = actual.read_value(json, document::kPlainJson);
  if (read.has_error()) return Mismatch{"", config::to_json(expected), json, 0};
  return find_mismatch(expected, actual.root());
}

std::string sentence(const std::string& what, const Mismatch& m) {
  std::string path = m.path.empty() ? what : what + "." + m.path;
  return path + ": expected " + m.expected + ", got " + m.actual;
}

// One by one and none left over.
void expect_all(
    const std::string& what, const std::optional<Value>& expected, const std::vector<std::string>& actual,
    TestOutcome& outcome
) {
  if (!expected) return;
  for (std::size_t i = 0; i < std::max(expected->items.size(), actual.size()); ++i) {
    std::string name = what + "[" + std::to_string(i) + "]";
    if (i >= actual.size()) {
      outcome.failures.push_back(name + ": expected " + config::to_json(expected->items[i]) + ", got nothing");
    } else if (i >= expected->items.size()) {
      outcome.failures.push_back(name + ": expected nothing, got " + actual[i]);
    } else if (auto m = compare(expected->items[i], actual[i])) {
      outcome.failures.push_back(sentence(name, *m));
    }
  }
}

// Each expected resource is one of those in the store, another one each time; more may be there.
void expect_some(
    const std::string& what, const std::optional<Value>& expected, std::vector<std::string> actual, TestOutcome& outcome
) {
  if (!expected) return;
  for (std::size_t i = 0; i < expected->items.size(); ++i) {
    std::optional<Mismatch> nearest;
    auto found = std::find_if(actual.begin(), actual.end(), [&](const std::string& json) {
      auto m = compare(expected->items[i], json);
      if (m && (!nearest || m->agreed > nearest->agreed)) nearest = m;
      return !m;
    });
    std::string name = what + "[" + std::to_string(i) + "]";
    if (found != actual.end()) {
      actual.erase(found);
    } else if (nearest) {
      outcome.failures.push_back("no resource is like " + sentence(name, *nearest) + " in the nearest one");
    } else {
      outcome.failures.push_back(
          name + ": expected " + config::to_json(expected->items[i]) + ", but the store is empty"
      );
    }
  }
}

std::vector<std::string> resources_of(const std::vector<std::unique_ptr<fhir::MemoryStore>>& stores) {
  std::vector<std::string> out;
  for (const auto& store : stores) {
    for (const fhir::Resource& r : store->all()) out.push_back(r.json);
  }
  return out;
}

}  // namespace

TestRunner::TestRunner(const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log)
    : config_(config), registry_(registry), log_(log) {}

TestRunner::~TestRunner() = default;

Result<std::unique_ptr<TestRunner>> TestRunner::open(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log
) {
  std::unique_ptr<TestRunner> runner(new TestRunner(config, registry, log));
  runner->trailing_text_ = std::make_unique<TrailingText>([](std::string_view) {});
  AORTA_TRY(opened, open_normalizers(config, registry, log, 1, *runner->trailing_text_));
  runner->normalizer_ = std::move(opened.ports.front());
  return runner;
}

TestOutcome TestRunner::run(const config::TestConfig& test) {
  TestOutcome outcome{test.name, test.position, {}};
  std::vector<std::unique_ptr<fhir::MemoryStore>> stores;
  for (std::size_t i = 0; i < config_.stores.size(); ++i) stores.push_back(std::make_unique<fhir::MemoryStore>());
  auto sinks = open_sinks(config_, registry_, log_, [&](std::string_view name) -> fhir::Store* {
    for (std::size_t i = 0; i < stores.size(); ++i) {
      if (config_.stores[i].name == name) return stores[i].get();
    }
    return nullptr;
  });
  if (sinks.has_error()) {
    outcome.failures.push_back(sinks.error().text());
    return outcome;
  }
  std::vector<SinkPort*> sink_ports;
  for (auto& s : sinks->ports) sink_ports.push_back(s.get());
  ListSource source(messages_of(test));
  RecordingNormalizer normalizer(*normalizer_);
  ListedLetters letters;
  Engine engine(engine_options(config_), {&source}, {&normalizer}, sink_ports, letters, [](std::string_view) {});
  Report report = engine.run();

  for (const Error& failure : report.failures) outcome.failures.push_back(failure.text());
  expect_all("measurements", test.measurements, normalizer.seen, outcome);
  expect_some("fhir", test.fhir, resources_of(stores), outcome);
  // A dead letter that no test speaks of is never what was meant.
  expect_all("dead_letter", test.dead_letter.value_or(no_items()), letters.seen, outcome);
  expect_all("filtered", test.filtered, rules_json(report), outcome);
  return outcome;
}

}  // namespace aorta::pipeline
