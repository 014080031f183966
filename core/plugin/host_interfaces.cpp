#include "core/plugin/host_interfaces.hpp"

#include <span>

namespace aorta::plugin {
namespace {

struct Interface {
  std::string_view id;
  const void* api;
};

constexpr Interface kInterfaces[] = {
    {AORTA_LOG_ID, &kLogApi},
    {AORTA_CANCEL_ID, &kCancelApi},
    {AORTA_FAILURE_ID, &kFailureApi},
    {AORTA_RECORDS_ID, &kRecordsApi},
    {AORTA_RECEIPTS_ID, &kReceiptsApi},
    {AORTA_DOCUMENT_ID, &kDocumentApi},
    {AORTA_EXPRESSION_ID, &kExpressionApi},
    {AORTA_MEASUREMENTS_ID, &kMeasurementsApi},
    {AORTA_PROBLEMS_ID, &kProblemsApi},
    {AORTA_GROUPS_ID, &kGroupsApi},
    {AORTA_RESULTS_ID, &kResultsApi},
    {AORTA_OBSERVATION_ID, &kObservationApi},
    {AORTA_FHIR_ID, &kFhirApi},
    {AORTA_HTTP_ROUTES_ID, &kHttpRoutesApi},
};

constexpr Interface kOutside[] = {
    {AORTA_CLOCK_ID, &kClockApi},
    {AORTA_STATE_ID, &kStateApi},
    {AORTA_METRICS_ID, &kMetricsApi},
    {AORTA_SECRET_ID, &kSecretApi},
    {AORTA_HTTP_CLIENT_ID, &kHttpClientApi},
};

const void* find(std::span<const Interface> interfaces, std::string_view id) {
  for (const Interface& i : interfaces) {
    if (i.id == id) return i.api;
  }
  return nullptr;
}

}  // namespace

const void* host_interface(std::string_view id) { return find(kInterfaces, id); }
const void* outside_interface(std::string_view id) { return find(kOutside, id); }

}  // namespace aorta::plugin
