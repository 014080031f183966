// What a run tells those who watch it: metrics in the text format of Prometheus, and whether it can do its work.
#pragma once

#include <span>
#include <string>

#include "core/pipeline/assembly.hpp"

namespace aorta::pipeline {

struct Watched {
  std::string name;  // of the pipeline
  const Assembly* assembly = nullptr;
};

// The ledger, what lies behind it, and under the names of the reference those of its metrics that have a counterpart
// here (FHIR-mapping spec 12; docs/guide/operating.md says which). [any]
std::string metrics_text(std::span<const Watched> pipelines);

// Empty: all of them take messages. Else a line for each that does not, with the reason. [any]
std::string not_ready_text(std::span<const Watched> pipelines);

}  // namespace aorta::pipeline
