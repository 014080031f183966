#include "core/pipeline/explainer.hpp"

#include <algorithm>
#include <filesystem>

#include "core/config/text_file.hpp"
#include "core/fhir/mapping_match.hpp"
#include "core/fhir/stored_view.hpp"
#include "core/pipeline/engine.hpp"
#include "core/pipeline/list_source.hpp"
#include "core/pipeline/opening.hpp"
#include "core/pipeline/store_opening.hpp"

namespace aorta::pipeline {
namespace {

std::string_view view_or_absent(const std::string& text) {
  return text.empty() ? std::string_view() : std::string_view(text);
}

class LastLetter : public DeadLetterPort {
 public:
  Result<void> add(std::span<const Letter> letters) override {
    for (const Letter& letter : letters) last = *letter.failure;
    return {};
  }
  std::optional<Failure> last;
};

// The measurements that go on to the sinks.
std::vector<mapping::Measurement> made_by(const Explanation& explanation) {
  std::vector<mapping::Measurement> made;
  for (const ExplainedTemplate& one : explanation.templates) {
    for (const mapping::MeasurementTrace& traced : one.trace.measurements) {
      if (one.counts && traced.made) made.push_back(*traced.made);
    }
  }
  return made;
}

class Nowhere : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView&) override {}
};

}  // namespace

// Applies every template as the engine's normalizer does, each with its trace.
class Explainer::Normalizer : public NormalizePort {
 public:
  Normalizer(Explainer& owner, Explanation& out) : owner_(owner), out_(out) {}

  Result<void> normalize(const plugin::Record&, mapping::MeasurementSink& sink) override {
    document::Document& document = owner_.document_;
    // The document outlives the engine's record, so it has to point into the explainer's own.
    AORTA_CHECK(document.read_envelope(
        {owner_.message_.body, view_or_absent(owner_.message_.properties),
         view_or_absent(owner_.message_.system_properties)},
        true
    ));
    out_.root = &document.root();
    out_.document = &document;
    out_.trailing_text = document.trailing_text();
    for (const auto& entry : owner_.mapping_.templates) apply(entry, sink);
    if (failed_) return *failed_;
    return {};
  }

 private:
  // After a failure, which ends the message, the others are tried for their own sake.
  void apply(const mapping::DeviceMapping::Entry& entry, mapping::MeasurementSink& sink) {
    Nowhere nowhere;
    bool counts = !failed_;
    auto applied = entry.made->apply(owner_.document_, counts ? sink : nowhere);
    std::optional<Error> failure;
    if (applied.has_error()) failure = applied.error();
    if (failure && counts) failed_ = failure->in("template \"" + (entry.name.empty() ? entry.type : entry.name) + "\"");
    out_.templates.push_back(
        {entry.type, entry.name, entry.position, owner_.recorder_.take(failure), counts, owner_.uses_of(entry)}
    );
    if (counts) out_.measurements += mapping::count_made(out_.templates.back().trace);
  }

  Explainer& owner_;
  Explanation& out_;
  std::optional<Error> failed_;
};

Explainer::Explainer(const config::PipelineConfig& config) : config_(config) {}
Explainer::~Explainer() = default;

Result<std::unique_ptr<Explainer>> Explainer::open(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, const StoreToLookInto& into
) {
  std::unique_ptr<Explainer> made(new Explainer(config));
  AORTA_TRY(mappings, open_mappings(config, registry, log, 1, &made->recorder_));
  made->mapping_ = std::move(mappings.front());
  AORTA_CHECK(made->read_fhir());
  AORTA_CHECK(made->look_into(into, log));
  return made;
}

Result<void> Explainer::read_fhir() {
  for (const config::PluginUse& sink : config_.sinks) {
    std::optional<FhirMappingUse> use = fhir_mapping_of(sink);
    if (!use) continue;
    const std::string& file = use->named.file;
    AORTA_TRY(text, config::read_text_file(file, config::kMaxMappingBytes));
    auto loaded = fhir::ObservationMapping::load(text, use->profile);
    fhir_.push_back({sink.name, file, std::move(text), std::move(loaded), config_.store(sink.store)});
  }
  return {};
}

Result<void> Explainer::look_into(const StoreToLookInto& into, observe::Log& log) {
  if (!into.own && into.file.empty()) return {};
  for (FhirMapping& fhir : fhir_) {
    if (!fhir.store) continue;
    fhir.store_place = into.own ? fhir.store->place() : into.file;
    fhir.into = LookedInto{.identity = identity_options(*fhir.store)};
    if (into.own && fhir.store->type == "rest") {
      AORTA_TRY(server, open_store(*fhir.store, log));
      fhir.looked_into = std::move(server);
    } else if (!into.own || std::filesystem::exists(fhir.store_place)) {
      AORTA_TRY(view, fhir::StoredView::open(fhir.store_place));
      fhir.into->reader = &view->reader();
      fhir.looked_into = std::move(view);
    }
    fhir.into->store = fhir.looked_into.get();
  }
  return {};
}

std::vector<FhirUse> Explainer::uses_of(const mapping::DeviceMapping::Entry& entry) const {
  std::vector<FhirUse> out;
  if (entry.name.empty()) return out;  // which type it makes is known once it has
  for (const FhirMapping& fhir : fhir_) {
    FhirUse use{fhir.sink, fhir.file, {}, false, entry.value_names, {}, {}};
    if (const fhir::ObservationTemplate* found = fhir.mapping.find(entry.name)) {
      use.found = true;
      use.position = found->position;
    }
    for (fhir::Mismatch& mismatch : fhir::mismatches(entry, fhir.mapping)) {
      if (mismatch.kind == fhir::Mismatch::Kind::UnusedValue) {
        std::erase(use.taken, mismatch.value);
        use.unused.push_back(mismatch.value);
      } else {
        use.taken.clear();
      }
      use.known = std::move(mismatch.known);
    }
    out.push_back(std::move(use));
  }
  return out;
}

std::vector<SinkPreview> Explainer::preview(const std::vector<mapping::Measurement>& made) const {
  std::vector<SinkPreview> out;
  for (const FhirMapping& fhir : fhir_)
    out.push_back(
        {fhir.sink, fhir.file, fhir.store_place, preview_observations({fhir.text, fhir.mapping}, made, fhir.into)}
    );
  return out;
}

// Where no store is looked into, one that holds nothing yet tells which of them have the same id.
std::vector<SinkPreview> Explainer::preview_window(const std::vector<mapping::Measurement>& made) const {
  std::vector<SinkPreview> out;
  for (const FhirMapping& fhir : fhir_) {
    LookedInto nothing;
    if (fhir.store) nothing.identity = identity_options(*fhir.store);
    nothing.identity.mode = fhir::IdentityMode::Create;
    out.push_back(
        {fhir.sink, fhir.file, fhir.store_place,
         preview_observations({fhir.text, fhir.mapping}, made, fhir.into ? *fhir.into : nothing)}
    );
  }
  return out;
}

const std::string& Explainer::mapping_file() const {
  return config_.normalize.mapping.empty() ? config_.file : config_.normalize.mapping;
}

Explanation Explainer::explain(ExplainedMessage message) {
  Explanation out = explain_alone(std::move(message));
  out.sinks = preview(made_by(out));
  return out;
}

ExplainedWindow Explainer::explain_window(std::vector<ExplainedMessage> messages) {
  ExplainedWindow out;
  out.max_measurements = config_.group.max_measurements;
  for (ExplainedMessage& message : messages) {
    Explanation one = explain_alone(std::move(message));
    ExplainedWindow::Message& told = out.messages.emplace_back();
    for (mapping::Measurement& made : made_by(one)) {
      told.measurements.push_back(out.measurements.size());
      out.measurements.push_back(std::move(made));
    }
    static_cast<MessageEnd&>(told) = std::move(one);
    if (told.stopped) break;
  }
  out.groups = window_groups(out.measurements);
  out.sinks = preview_window(out.measurements);
  return out;
}

Explanation Explainer::explain_alone(ExplainedMessage message) {
  Explanation out;
  message_ = std::move(message);
  out.bytes = message_.body.size();
  ListSource source({{message_.body, message_.properties, message_.system_properties, "message"}});
  Normalizer normalizer(*this, out);
  LastLetter letters;
  Engine engine(engine_options(config_), {&source}, {&normalizer}, {}, letters, [](std::string_view) {});
  Report report = engine.run();
  out.dead_letter = std::move(letters.last);
  if (!report.filtered.empty()) out.filtered = report.filtered.begin()->first;
  if (!report.failures.empty()) out.stopped = report.failures.front();
  return out;
}

}  // namespace aorta::pipeline
