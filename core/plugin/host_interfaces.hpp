// The interfaces that plugins ask the host for, by id; each stands in host_<name>.cpp as in
// sdk/include/aorta/abi/<name>.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "aorta/abi.h"
#include "core/document/document.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/plugin/handles.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/sink.hpp"
#include "core/plugin/source.hpp"

namespace aorta::plugin {

// The interface with this id that plugins of every kind have, or nullptr. [any]
const void* host_interface(std::string_view id);
// Those that sources and sinks have besides: template types are to know nothing but the message. [any]
const void* outside_interface(std::string_view id);

extern const aorta_log kLogApi;
extern const aorta_cancel kCancelApi;
extern const aorta_failure kFailureApi;
extern const aorta_records kRecordsApi;
extern const aorta_receipts kReceiptsApi;
extern const aorta_document_api kDocumentApi;
extern const aorta_expression_api kExpressionApi;
extern const aorta_measurements_api kMeasurementsApi;
extern const aorta_problems_api kProblemsApi;
extern const aorta_groups_api kGroupsApi;
extern const aorta_results_api kResultsApi;
extern const aorta_observation_api kObservationApi;
extern const aorta_fhir_api kFhirApi;
extern const aorta_http_routes kHttpRoutesApi;
extern const aorta_clock kClockApi;
extern const aorta_state kStateApi;
extern const aorta_metrics kMetricsApi;
extern const aorta_secret kSecretApi;
extern const aorta_http_client kHttpClientApi;

inline aorta_time to_abi(DateTime time) { return {time.ticks, static_cast<std::int32_t>(time.zone), 0}; }

}  // namespace aorta::plugin

struct aorta_batch {
  std::vector<aorta::plugin::Record>& records;
  std::vector<aorta::plugin::Receipt>* receipts = nullptr;  // nullptr: nobody keeps them
};

struct aorta_measurements {
  aorta::mapping::MeasurementSink& sink;
  std::vector<aorta::mapping::ValueView>& scratch;
};

struct aorta_problems {
  const aorta::document::Document& file;
  std::vector<aorta::mapping::Problem>& problems;
};

struct aorta_group {
  const aorta::group::Group* group = nullptr;
  std::uint64_t index = 0;        // in the write() it belongs to
  aorta::Arena* arena = nullptr;  // for the pairs a sink reads; lives as long as the write()
};

namespace aorta::plugin {

// The groups of one write() as plugins see them.
class GroupHandles {
 public:
  explicit GroupHandles(std::span<const group::Group> groups) : handles_(groups.size()), pointers_(groups.size()) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      handles_[i] = {&groups[i], i, &arena_};
      pointers_[i] = &handles_[i];
    }
  }
  GroupHandles(const GroupHandles&) = delete;
  GroupHandles& operator=(const GroupHandles&) = delete;
  const aorta_group* const* pointers() const { return pointers_.data(); }
  std::size_t size() const { return pointers_.size(); }

 private:
  Arena arena_;
  std::vector<aorta_group> handles_;
  std::vector<const aorta_group*> pointers_;
};

}  // namespace aorta::plugin

struct aorta_results {
  std::vector<aorta::plugin::Sink::Endings>& endings;
};

// A sink's Observation engine: its mapping, and the writer that follows it into the sink's store.
struct aorta_observation_mapping {
  aorta_observation_mapping(aorta::plugin::Instance& owner, aorta::fhir::ObservationMapping loaded)
      : instance(owner), mapping(std::move(loaded)), writer(mapping, *owner.home().store, owner.home().identity) {}

  aorta::plugin::Instance& instance;
  aorta::fhir::ObservationMapping mapping;
  aorta::fhir::ObservationWriter writer;
  aorta::fhir::WriteCounts before;  // the last write() of the sink
};
