#include "core/plugin/worker/isolated_mapping.hpp"

#include "core/plugin/worker/mapping_frames.hpp"

namespace aorta::plugin::worker {
namespace {

// Behind the other measurements of a record stands its error, if it failed.
constexpr std::size_t kLeastMeasurement = 5 * sizeof(std::uint32_t);

// Reads the answer to one job; `deliver` is whether its measurements are handed on.
void take_outcome(Reader& in, MappingJob& job, std::vector<mapping::ValueView>& values, bool deliver) {
  job.trailing_text = in.take<std::uint8_t>() != 0;
  bool failed = in.take<std::uint8_t>() != 0;
  for (std::uint32_t left = in.count(kLeastMeasurement); left > 0; --left) {
    mapping::MeasurementView measurement = take_measurement(in, values);
    if (deliver && in.good()) job.out->add(measurement);
  }
  if (failed) job.error = take_error(in);
}

// Looked through as a whole before anything of it is believed.
bool take_outcomes(
    std::string_view answer, std::span<MappingJob> jobs, std::vector<mapping::ValueView>& values, bool deliver
) {
  Reader in(answer);
  for (MappingJob& job : jobs) {
    job.error.reset();
    take_outcome(in, job, values, deliver);
  }
  return in.ended();
}

void fail_all(std::span<MappingJob> jobs, const Error& error) {
  for (MappingJob& job : jobs) job.error = error;
}

}  // namespace

Result<std::unique_ptr<IsolatedMapping>> IsolatedMapping::open(
    const Registry& registry, std::string_view text, Surroundings surroundings, std::shared_ptr<Falls> falls
) {
  Hello hello{Kind::Template, surroundings.name, {}, std::string(text), registry.folders()};
  std::unique_ptr<IsolatedMapping> made(new IsolatedMapping(std::move(hello), std::move(surroundings), std::move(falls))
  );
  AORTA_CHECK(made->keeper_.open());
  return made;
}

IsolatedMapping::IsolatedMapping(Hello hello, Surroundings surroundings, std::shared_ptr<Falls> falls)
    : keeper_(
          std::move(hello), [this](std::uint32_t part) { return name(part); }, std::move(surroundings), std::move(falls)
      ) {
  keeper_.on_greeting([this](Reader& greeting) { read_greeting(greeting); });
}

// Of the first worker; the others have the same mapping.
void IsolatedMapping::read_greeting(Reader& greeting) {
  mapping::DeviceMapping told = take_description(greeting);
  if (keeper_.generation() == 1) description_ = std::move(told);
}

std::string IsolatedMapping::name(std::uint32_t part) const {
  if (part >= description_.templates.size()) return "a template plugin";
  const mapping::DeviceMapping::Entry& entry = description_.templates[part];
  return "template plugin " + entry.type + " (template \"" + entry.name + "\")";
}

void IsolatedMapping::normalize(std::span<MappingJob> jobs) { normalize(jobs, true); }

void IsolatedMapping::normalize(std::span<MappingJob> jobs, bool trust_place) {
  if (jobs.empty()) return;
  Result<std::string_view> answer = ask(jobs);
  if (answer.has_value() && !take_outcomes(*answer, jobs, values_, false)) answer = keeper_.spoke_nonsense(jobs.size());
  if (answer.has_value()) return void(take_outcomes(*answer, jobs, values_, true));
  if (keeper_.state() != Keeper::State::Fallen || jobs.size() == 1) return fail_all(jobs, answer.error());
  divide(jobs, trust_place);
}

// First what stands where the worker fell, alone; where that is not to be trusted, in halves.
void IsolatedMapping::divide(std::span<MappingJob> jobs, bool trust_place) {
  std::size_t place = keeper_.fell_at();
  if (!trust_place || place >= jobs.size()) {
    std::size_t half = jobs.size() / 2;
    normalize(jobs.first(half), false);
    return normalize(jobs.subspan(half), false);
  }
  normalize(jobs.subspan(place, 1), true);
  bool was_right = jobs[place].error && jobs[place].error->reason().starts_with("plugin/");
  normalize(jobs.first(place), was_right);
  normalize(jobs.subspan(place + 1), was_right);
}

// Until there is a worker to ask, or none will be there any more.
Result<std::string_view> IsolatedMapping::ask(std::span<const MappingJob> jobs) {
  request_.clear();
  Writer writer(request_);
  writer.put(static_cast<std::uint32_t>(jobs.size()));
  for (const MappingJob& job : jobs) {
    const Record& record = *job.record;
    writer.texts<3>({record.body, record.properties, record.system_properties});
  }
  for (;;) {
    auto answer = keeper_.ask(Type::Normalize, request_, jobs.size());
    if (keeper_.state() != Keeper::State::Away) return answer;
  }
}

}  // namespace aorta::plugin::worker
