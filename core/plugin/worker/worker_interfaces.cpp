// The host's interfaces as a worker has them: groups lie here, stores and their engines lie with the host and are
// asked.
#include "core/document/document.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/worker/session.hpp"
#include "core/plugin/worker/sink_frames.hpp"

namespace aorta::plugin::worker {

extern const aorta_state kWorkerState;

namespace {

const WorkerGroup& from(const aorta_group* handle) { return *reinterpret_cast<const WorkerGroup*>(handle); }

// groups/1 ---------------------------------------------------------------------------------------------------------
void info(const aorta_group* group, aorta_group_info* out) {
  std::uint32_t size = out->size;
  *out = from(group).info;
  out->size = size;
}

std::int32_t measurement(const aorta_group* group, std::uint64_t index, aorta_group_measurement* out) {
  if (index >= from(group).measurements.size()) return 0;
  std::uint32_t size = out->size;
  *out = from(group).measurements[index];
  out->size = size;
  return 1;
}

// Asking -----------------------------------------------------------------------------------------------------------
Error unreadable() { return Error("plugin-failed", "the host's answer cannot be read"); }

// Reads what stands behind the code of a verdict.
template <class Take>
std::int32_t ask_for_verdict(Type type, std::string_view request, const Session::Serve& serve, Take take) {
  Result<std::string> answer = Session::instance().ask(type, request, serve);
  if (answer.has_error()) return fail_with(answer.error(), AORTA_FATAL);
  Reader reader(*answer);
  auto code = reader.take<std::int32_t>();
  if (code != AORTA_OK) return fail_with(take_error(reader), code);
  take(reader);
  return reader.ended() ? AORTA_OK : fail_with(unreadable(), AORTA_FATAL);
}

void put_groups_of(Writer& out, const aorta_group* const* groups, std::uint64_t count) {
  out.put(static_cast<std::uint32_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) out.put(from(groups[i]).index);
}

// observation/1 ----------------------------------------------------------------------------------------------------
struct MappingHandle {
  std::uint32_t number;
};

aorta_observation_mapping* load_with_profile(const aorta_host*, aorta_str file, aorta_str text, aorta_str profile) {
  std::string request;
  Writer writer(request);
  writer.text(view(file));
  writer.text(view(text));
  writer.text(view(profile));
  Result<std::string> answer = Session::instance().ask(Type::LoadMapping, request);
  if (answer.has_error()) {
    fail_with(answer.error());
    return nullptr;
  }
  return reinterpret_cast<aorta_observation_mapping*>(new MappingHandle{Reader(*answer).take<std::uint32_t>()});
}

aorta_observation_mapping* load(const aorta_host* host, aorta_str file, aorta_str text) {
  return load_with_profile(host, file, text, to_abi(std::string_view("none")));
}

void release(aorta_observation_mapping* mapping) { delete reinterpret_cast<MappingHandle*>(mapping); }

std::uint32_t number_of(const aorta_observation_mapping* mapping) {
  return reinterpret_cast<const MappingHandle*>(mapping)->number;
}

std::int32_t write(
    const aorta_host*, aorta_observation_mapping* mapping, const aorta_group* const* groups, std::uint64_t count,
    aorta_results* results
) {
  std::string request;
  Writer writer(request);
  writer.put(number_of(mapping));
  put_groups_of(writer, groups, count);
  return ask_for_verdict(Type::WriteObservations, request, {}, [&](Reader& reader) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const WorkerGroup& group = from(groups[i]);
      results->endings[group.index] = take_endings(reader, group.measurements.size());
    }
  });
}

void take_part(Reader& reader, void* self, void (*each)(void* self, const aorta_observation_part* part)) {
  aorta_observation_part part{};
  part.size = sizeof part;
  part.system = to_abi(reader.text());
  part.value = to_abi(reader.text());
  part.start = take_time(reader);
  part.end = take_time(reader);
  std::vector<std::uint64_t> measurements(reader.count(sizeof(std::uint64_t)));
  for (std::uint64_t& index : measurements) index = reader.take<std::uint64_t>();
  part.measurements = measurements.data();
  part.measurement_count = measurements.size();
  if (reader.good()) each(self, &part);
}

std::int32_t parts(
    const aorta_host*, aorta_observation_mapping* mapping, const aorta_group* group, aorta_str patient,
    aorta_str device, void* self, void (*each)(void* self, const aorta_observation_part* part)
) {
  std::string request;
  Writer writer(request);
  writer.put(number_of(mapping));
  writer.put(from(group).index);
  writer.text(view(patient));
  writer.text(view(device));
  return ask_for_verdict(Type::ObservationParts, request, {}, [&](Reader& reader) {
    while (reader.take<std::uint8_t>() == 1) take_part(reader, self, each);
  });
}

// fhir/1 -----------------------------------------------------------------------------------------------------------
std::int32_t identify(
    const aorta_host*, const aorta_group* const* groups, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, const aorta_fhir_identity* identity)
) {
  std::string request;
  Writer writer(request);
  put_groups_of(writer, groups, count);
  return ask_for_verdict(Type::Identify, request, {}, [&](Reader& reader) {
    for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
      aorta_fhir_identity identity{};
      identity.size = sizeof identity;
      identity.code = reader.take<std::int32_t>();
      for (aorta_str* text :
           {&identity.device, &identity.patient, &identity.encounter, &identity.reason, &identity.message})
        *text = to_abi(reader.text());
      if (reader.good()) each(self, i, &identity);
    }
  });
}

void put_name(Writer& out, const aorta_fhir_name& name) {
  for (aorta_str text : {name.type, name.system, name.value}) out.text(view(text));
}

std::int32_t find(
    const aorta_host*, const aorta_fhir_name* const* names, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, aorta_str id, aorta_document* resource)
) {
  std::string request;
  Writer writer(request);
  writer.put(static_cast<std::uint32_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) put_name(writer, *names[i]);
  return ask_for_verdict(Type::Find, request, {}, [&](Reader& reader) {
    document::Document json;
    while (reader.take<std::uint8_t>() == 1) {
      auto index = reader.take<std::uint64_t>();
      std::string_view id = reader.text();
      std::string_view text = reader.text();
      if (!reader.good() || json.read_value(text, document::kPlainJson).has_error()) return reader.spoil();
      each(self, index, to_abi(id), to_abi(&json));
    }
  });
}

// Composes one of the jobs for the host.
std::string compose(const aorta_fhir_job* const* jobs, std::uint64_t count, std::string_view request) {
  std::string out;
  Writer writer(out);
  Reader reader(request);
  auto index = reader.take<std::uint32_t>();
  std::string_view id = reader.text();
  std::string_view stored = reader.text();
  document::Document existing;
  bool fine = reader.ended() && index < count;
  if (fine && stored.data()) fine = existing.read_value(stored, document::kPlainJson).has_value();
  aorta_str json{};
  last_failure().code = AORTA_OK;
  std::int32_t code = AORTA_REJECT;
  if (fine)
    code = jobs[index]->compose(jobs[index]->self, to_abi(id), stored.data() ? to_abi(&existing) : nullptr, &json);
  writer.put(code);
  const Failure& failure = last_failure();
  if (code == AORTA_OK) {
    writer.text(view(json));
  } else if (failure.code == AORTA_OK) {
    put_error(writer, Error("plugin-said-nothing", "the plugin failed and did not say why"));
  } else {
    put_error(writer, Error(failure.reason.empty() ? "plugin-failed" : failure.reason, failure.message));
  }
  return out;
}

void take_end(Reader& reader, const aorta_fhir_job& job) {
  auto outcome = reader.take<std::int32_t>();
  aorta_str id = to_abi(reader.text());
  aorta_str reason = to_abi(reader.text());
  aorta_str message = to_abi(reader.text());
  if (reader.good()) job.ended(job.self, outcome, id, reason, message);
}

std::int32_t update(const aorta_host*, const aorta_fhir_job* const* jobs, std::uint64_t count) {
  std::string request;
  Writer writer(request);
  writer.put(static_cast<std::uint32_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    put_name(writer, jobs[i]->name);
    writer.text(view(jobs[i]->id));
  }
  auto serve = [&](std::string_view asked) { return compose(jobs, count, asked); };
  return ask_for_verdict(Type::Update, request, serve, [&](Reader& reader) {
    for (std::uint64_t i = 0; i < count; ++i) take_end(reader, *jobs[i]);
  });
}

void id(aorta_str system, aorta_str value, char* out) { kFhirApi.id(system, value, out); }

const aorta_groups_api kGroups{sizeof(aorta_groups_api), 0, &info, &measurement};
const aorta_observation_api kObservation{
    sizeof(aorta_observation_api), 0, &load, &release, &write, &parts, &load_with_profile};
const aorta_fhir_api kFhir{sizeof(aorta_fhir_api), 0, &identify, &find, &update, &id};

}  // namespace

const void* worker_interface(std::string_view id) {
  if (id == AORTA_STATE_ID) return &kWorkerState;
  return nullptr;
}

const void* sink_worker_interface(std::string_view id) {
  if (id == AORTA_GROUPS_ID) return &kGroups;
  if (id == AORTA_OBSERVATION_ID) return &kObservation;
  if (id == AORTA_FHIR_ID) return &kFhir;
  return worker_interface(id);
}

}  // namespace aorta::plugin::worker
