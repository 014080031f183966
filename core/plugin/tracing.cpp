#include "core/plugin/tracing.hpp"

#include "aorta/abi/trace.h"
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"

namespace aorta::plugin {
namespace {

using mapping::Conversion;
using mapping::FieldTrace;
using mapping::TraceRecorder;

thread_local TraceRecorder* recorder = nullptr;

// expression/1 -----------------------------------------------------------------------------------------------------
void note(
    const aorta_expression* handle, aorta_document* document, const aorta_node* root,
    std::span<const document::Node* const> tokens, std::int32_t code, bool many
) {
  const auto& expression = *reinterpret_cast<const expr::Expression*>(handle);
  Error failure(last_failure().reason, last_failure().message);
  recorder->evaluated(
      expression, *from(root), from(document)->arena(), tokens, code == AORTA_OK ? nullptr : &failure, many
  );
}

std::int32_t match(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node* const** tokens, std::uint64_t* count
) {
  std::int32_t code = kExpressionApi.match(host, expression, document, root, tokens, count);
  if (!recorder) return code;
  std::vector<const document::Node*> found;
  for (std::uint64_t i = 0; i < *count; ++i) found.push_back(from((*tokens)[i]));
  note(expression, document, root, found, code, true);
  return code;
}

std::int32_t one(
    const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node** token
) {
  std::int32_t code = kExpressionApi.one(host, expression, document, root, token);
  if (!recorder) return code;
  const document::Node* found = code == AORTA_OK ? from(*token) : nullptr;
  note(expression, document, root, {&found, found ? 1U : 0U}, code, false);
  return code;
}

// document/1 -------------------------------------------------------------------------------------------------------
std::int32_t to_text(aorta_document* document, const aorta_node* node, aorta_str* text) {
  std::int32_t code = kDocumentApi.to_text(document, node, text);
  if (!recorder) return code;
  auto into = code != AORTA_OK ? Conversion::Into::NoText
              : text->data     ? Conversion::Into::Text
                               : Conversion::Into::Nothing;
  recorder->converted(*from(node), {into, std::string(view(*text))});
  return code;
}

std::int32_t to_time(aorta_document* document, const aorta_node* node, aorta_time* time) {
  std::int32_t code = kDocumentApi.to_time(document, node, time);
  if (!recorder) return code;
  Conversion conversion{Conversion::Into::NoTime, {}};
  if (code == AORTA_OK)
    conversion = {Conversion::Into::Time, iso_text({time->ticks, static_cast<DateTime::Zone>(time->zone)})};
  recorder->converted(*from(node), std::move(conversion));
  return code;
}

// measurements/1 ---------------------------------------------------------------------------------------------------
class Tee : public mapping::MeasurementSink {
 public:
  explicit Tee(mapping::MeasurementSink& inner) : inner_(inner) {}
  void add(const mapping::MeasurementView& measurement) override {
    recorder->added(measurement);
    inner_.add(measurement);
  }

 private:
  mapping::MeasurementSink& inner_;
};

void add_measurement(aorta_measurements* out, const aorta_measurement* measurement) {
  if (!recorder) return kMeasurementsApi.add(out, measurement);
  Tee tee(out->sink);
  aorta_measurements both{tee, out->scratch};
  kMeasurementsApi.add(&both, measurement);
}

// trace/1 ----------------------------------------------------------------------------------------------------------
void reading(const aorta_host*, std::int32_t field, aorta_str name, std::int32_t required) {
  bool known = field >= AORTA_FIELD_MATCH && field <= AORTA_FIELD_VALUE;
  auto role = known ? static_cast<FieldTrace::Role>(field) : FieldTrace::Role::Unknown;
  if (recorder) recorder->reading(role, view(name), required != 0);
}

aorta_document_api traced_document() {
  aorta_document_api api = kDocumentApi;
  api.to_text = &to_text;
  api.to_time = &to_time;
  return api;
}

aorta_expression_api traced_expression() {
  aorta_expression_api api = kExpressionApi;
  api.match = &match;
  api.one = &one;
  return api;
}

const aorta_trace kTraceApi{sizeof(aorta_trace), 0, &reading};
const aorta_measurements_api kTracedMeasurements{sizeof(aorta_measurements_api), 0, &add_measurement};

}  // namespace

const void* traced_interface(std::string_view id) {
  static const aorta_document_api document = traced_document();
  static const aorta_expression_api expression = traced_expression();
  if (id == AORTA_DOCUMENT_ID) return &document;
  if (id == AORTA_EXPRESSION_ID) return &expression;
  if (id == AORTA_MEASUREMENTS_ID) return &kTracedMeasurements;
  if (id == AORTA_TRACE_ID) return &kTraceApi;
  return nullptr;
}

Recording::Recording(TraceRecorder* to) { recorder = to; }
Recording::~Recording() { recorder = nullptr; }

}  // namespace aorta::plugin
