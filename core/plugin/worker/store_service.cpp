#include "core/plugin/worker/store_service.hpp"

#include "core/document/convert.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/worker/sink_frames.hpp"

namespace aorta::plugin::worker {
namespace {

constexpr std::size_t kLeastName = 3 * sizeof(std::uint32_t);

Error said(std::int32_t code) {
  const Failure& failure = last_failure();
  return Error(failure.reason, failure.message, code == AORTA_RETRY);
}

// A verdict: `answer` behind AORTA_OK.
std::string verdict(std::int32_t code, const std::string& answer) {
  std::string out;
  Writer writer(out);
  writer.put(code);
  if (code == AORTA_OK) return out + answer;
  put_error(writer, said(code));
  return out;
}

struct Name {
  std::string_view type, system, value;
  aorta_fhir_name to_abi() const { return {plugin::to_abi(type), plugin::to_abi(system), plugin::to_abi(value)}; }
};

Name take_name(Reader& in) {
  Name name;
  for (std::string_view* text : {&name.type, &name.system, &name.value}) *text = in.text();
  return name;
}

void put_identity(void* writer, std::uint64_t, const aorta_fhir_identity* identity) {
  Writer& out = *static_cast<Writer*>(writer);
  out.put(identity->code);
  for (aorta_str text : {identity->device, identity->patient, identity->encounter, identity->reason, identity->message})
    out.text(view(text));
}

void put_part(void* writer, const aorta_observation_part* part) {
  Writer& out = *static_cast<Writer*>(writer);
  out.put(std::uint8_t{1});
  out.text(view(part->system));
  out.text(view(part->value));
  put_time(out, part->start);
  put_time(out, part->end);
  out.put(static_cast<std::uint32_t>(part->measurement_count));
  for (std::uint64_t i = 0; i < part->measurement_count; ++i) out.put(part->measurements[i]);
}

void put_found(void* writer, std::uint64_t index, aorta_str id, aorta_document* resource) {
  Writer& out = *static_cast<Writer*>(writer);
  std::string json;
  document::append_json(json, from(resource)->root());
  out.put(std::uint8_t{1});
  out.put(index);
  out.text(view(id));
  out.text(json);
}

// One job of Type::Update: composed by the worker, ended into the answer.
struct Job {
  Keeper* keeper = nullptr;
  std::uint32_t index = 0;
  Name name = {};
  std::string_view id = {};
  std::string json = {};   // what it composed last
  std::string ended = {};  // what became of it

  static std::int32_t compose(void* self, aorta_str id, aorta_document* existing, aorta_str* json) {
    return static_cast<Job*>(self)->compose(id, existing, json);
  }
  static void end(void* self, std::int32_t outcome, aorta_str id, aorta_str reason, aorta_str message) {
    Writer writer(static_cast<Job*>(self)->ended);
    writer.put(outcome);
    for (aorta_str text : {id, reason, message}) writer.text(view(text));
  }

 private:
  std::int32_t compose(aorta_str at, aorta_document* existing, aorta_str* out) {
    std::string request, stored;
    Writer writer(request);
    writer.put(index);
    writer.text(view(at));
    if (existing) document::append_json(stored, from(existing)->root());
    writer.text(existing ? std::string_view(stored) : std::string_view());
    auto answer = keeper->ask_back(Type::Compose, request);
    if (answer.has_error()) return fail_with(answer.error());
    Reader reader(*answer);
    auto code = reader.take<std::int32_t>();
    if (code != AORTA_OK) return fail_with(take_error(reader));
    std::string_view composed = reader.text();
    json = composed;
    *out = composed.data() ? plugin::to_abi(json) : aorta_str{};
    return reader.ended() ? AORTA_OK : fail_with(Error("plugin-failed", "the plugin composed nonsense"));
  }
};

}  // namespace

StoreService::~StoreService() {
  for (aorta_observation_mapping* mapping : mappings_) kObservationApi.release(mapping);
}

Result<std::string> StoreService::serve(Type type, Reader& request) {
  switch (type) {
    case Type::LoadMapping:
      return load_mapping(request);
    case Type::WriteObservations:
      return write_observations(request);
    case Type::ObservationParts:
      return observation_parts(request);
    case Type::Identify:
      return identify(request);
    case Type::Find:
      return find(request);
    case Type::Update:
      return update(request);
    default:
      request.spoil();
      return std::string();
  }
}

std::vector<const aorta_group*> StoreService::take_groups_of(Reader& request) {
  std::vector<const aorta_group*> out;
  for (std::uint32_t left = request.count(sizeof(std::uint64_t)); left > 0; --left) {
    auto index = request.take<std::uint64_t>();
    if (!groups_ || index >= groups_->size()) {
      request.spoil();
      return {};
    }
    out.push_back(groups_->pointers()[index]);
  }
  return out;
}

aorta_observation_mapping* StoreService::take_mapping(Reader& request) {
  auto number = request.take<std::uint32_t>();
  if (number < mappings_.size()) return mappings_[number];
  request.spoil();
  return nullptr;
}

Result<std::string> StoreService::load_mapping(Reader& request) {
  std::string_view file = request.text();
  std::string_view text = request.text();
  std::string_view profile = request.text();
  if (!request.good()) return std::string();
  std::string key = std::string(profile) + '\n' + std::string(text);
  auto known = by_text_.find(key);
  if (known == by_text_.end()) {
    aorta_observation_mapping* loaded =
        kObservationApi.load_with_profile(instance_.host(), to_abi(file), to_abi(text), to_abi(profile));
    if (!loaded) return said(AORTA_REJECT);
    mappings_.push_back(loaded);
    known = by_text_.emplace(std::move(key), static_cast<std::uint32_t>(mappings_.size() - 1)).first;
  }
  std::string out;
  Writer(out).put(known->second);
  return out;
}

Result<std::string> StoreService::write_observations(Reader& request) {
  aorta_observation_mapping* mapping = take_mapping(request);
  std::vector<const aorta_group*> groups = take_groups_of(request);
  if (!request.ended()) return std::string();
  std::vector<Sink::Endings> endings(groups_ ? groups_->size() : 0);
  aorta_results results{endings};
  std::int32_t code = kObservationApi.write(instance_.host(), mapping, groups.data(), groups.size(), &results);
  std::string answer;
  Writer writer(answer);
  for (const aorta_group* group : groups) put_endings(writer, endings[group->index]);
  return verdict(code, answer);
}

Result<std::string> StoreService::observation_parts(Reader& request) {
  aorta_observation_mapping* mapping = take_mapping(request);
  auto index = request.take<std::uint64_t>();
  std::string_view patient = request.text();
  std::string_view device = request.text();
  if (!groups_ || index >= groups_->size()) request.spoil();
  if (!request.ended()) return std::string();
  std::string answer;
  Writer writer(answer);
  std::int32_t code = kObservationApi.parts(
      instance_.host(), mapping, groups_->pointers()[index], to_abi(patient), to_abi(device), &writer, &put_part
  );
  writer.put(std::uint8_t{0});
  return verdict(code, answer);
}

Result<std::string> StoreService::identify(Reader& request) {
  std::vector<const aorta_group*> groups = take_groups_of(request);
  if (!request.ended()) return std::string();
  std::string answer;
  Writer writer(answer);
  std::int32_t code = kFhirApi.identify(instance_.host(), groups.data(), groups.size(), &writer, &put_identity);
  return verdict(code, answer);
}

Result<std::string> StoreService::find(Reader& request) {
  std::vector<aorta_fhir_name> names;
  for (std::uint32_t left = request.count(kLeastName); left > 0; --left) names.push_back(take_name(request).to_abi());
  if (!request.ended()) return std::string();
  std::vector<const aorta_fhir_name*> pointers;
  for (const aorta_fhir_name& name : names) pointers.push_back(&name);
  std::string answer;
  Writer writer(answer);
  std::int32_t code = kFhirApi.find(instance_.host(), pointers.data(), pointers.size(), &writer, &put_found);
  writer.put(std::uint8_t{0});
  return verdict(code, answer);
}

Result<std::string> StoreService::update(Reader& request) {
  std::vector<Job> jobs(request.count(kLeastName + sizeof(std::uint32_t)));
  std::vector<aorta_fhir_job> told;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    jobs[i] = {.keeper = &keeper_, .index = i, .name = take_name(request), .id = request.text()};
    told.push_back(
        {sizeof(aorta_fhir_job), 0, jobs[i].name.to_abi(), to_abi(jobs[i].id), &jobs[i], &Job::compose, &Job::end}
    );
  }
  if (!request.ended()) return std::string();
  std::vector<const aorta_fhir_job*> pointers;
  for (const aorta_fhir_job& job : told) pointers.push_back(&job);
  std::int32_t code = kFhirApi.update(instance_.host(), pointers.data(), pointers.size());
  std::string answer;
  for (const Job& job : jobs) answer += job.ended;
  return verdict(code, answer);
}

}  // namespace aorta::plugin::worker
