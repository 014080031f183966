// What a pipeline's mapping makes of one message, template by template. The message goes the way of every message,
// through the engine and the plugins; only its source and where it ends are not the pipeline's own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/pipeline_config.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/mapping/trace.hpp"
#include "core/observe/log.hpp"
#include "core/pipeline/observation_preview.hpp"
#include "core/pipeline/ports.hpp"
#include "core/pipeline/window_groups.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::pipeline {

// What a FHIR mapping of the pipeline makes of a type.
struct FhirUse {
  std::string sink;
  std::string file;
  Position position;                // of its template for the type
  bool found = false;               // it has one
  std::vector<std::string> taken;   // value names of the template that reach the Observation
  std::vector<std::string> unused;  // those that do not
  std::vector<std::string> known;   // what the mapping has instead: value names, or types where it has none of this
};

// What a sink would make of the message's measurements.
struct SinkPreview {
  std::string sink;
  std::string file;   // its FHIR mapping
  std::string store;  // the path or address that was looked into; empty: none
  std::vector<ObservationPreview> observations;
};

struct ExplainedTemplate {
  std::string type;  // template type
  std::string name;  // typeName
  Position position;
  mapping::TemplateTrace trace;
  bool counts = true;  // false: an earlier template has failed, which ends the message; this one was tried all the same
  std::vector<FhirUse> fhir;
};

// How a message ended: in measurements, unless one of these is set.
struct MessageEnd {
  std::size_t bytes = 0;  // of its body
  std::optional<Failure> dead_letter;
  std::string filtered;  // the rule
  std::optional<Error> stopped;
};

// Nodes point into the document, which the next explanation reuses.
struct Explanation : MessageEnd {
  const document::Node* root = nullptr;          // the envelope; nullptr: the message could not be read
  const document::Document* document = nullptr;  // knows where in the body its nodes stand
  bool trailing_text = false;
  std::vector<ExplainedTemplate> templates;
  std::size_t measurements = 0;
  std::vector<SinkPreview> sinks;  // those that write Observations
};

struct ExplainedMessage {
  std::string body;
  std::string properties;         // JSON object, or empty
  std::string system_properties;  // likewise
};

// Several messages, taken as if one flush window held them.
struct ExplainedWindow {
  struct Message : MessageEnd {
    std::vector<std::size_t> measurements;  // counted from 0 in the window
  };
  std::vector<Message> messages;  // those behind one that stops the pipeline are not read
  std::vector<mapping::Measurement> measurements;
  std::vector<WindowGroup> groups;
  std::vector<SinkPreview> sinks;      // of what is stored already, where it is looked into
  std::uint64_t max_measurements = 0;  // of a run's window
};

// What is stored already, and where to look for it. Nothing is written there.
struct StoreToLookInto {
  bool own = false;  // each sink's own; where an embedded one was not made yet, nothing is stored
  std::string file;  // an embedded store, for all sinks; empty: none
};

class Explainer {
 public:
  // `config` must be free of errors, and outlive this, as must `log`. Errors: a mapping or a store cannot be read.
  // [main]
  static Result<std::unique_ptr<Explainer>> open(
      const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log,
      const StoreToLookInto& into = {}
  );
  ~Explainer();

  // Valid until the next call.
  Explanation explain(ExplainedMessage message);
  ExplainedWindow explain_window(std::vector<ExplainedMessage> messages);
  // The device mapping's file, or the pipeline's where templates stand in it.
  const std::string& mapping_file() const;

 private:
  class Normalizer;
  explicit Explainer(const config::PipelineConfig& config);
  Result<void> read_fhir();
  Result<void> look_into(const StoreToLookInto& into, observe::Log& log);
  std::vector<FhirUse> uses_of(const mapping::DeviceMapping::Entry& entry) const;
  Explanation explain_alone(ExplainedMessage message);
  std::vector<SinkPreview> preview(const std::vector<mapping::Measurement>& made) const;
  std::vector<SinkPreview> preview_window(const std::vector<mapping::Measurement>& made) const;

  struct FhirMapping {
    std::string sink, file, text;
    fhir::ObservationMapping mapping;
    const config::StoreConfig* store;
    std::string store_place = {};
    std::unique_ptr<fhir::Store> looked_into = nullptr;
    std::optional<LookedInto> into = std::nullopt;
  };

  const config::PipelineConfig& config_;
  mapping::TraceRecorder recorder_;
  mapping::DeviceMapping mapping_;
  std::vector<FhirMapping> fhir_;
  ExplainedMessage message_;  // what the document points into
  document::Document document_;
};

}  // namespace aorta::pipeline
