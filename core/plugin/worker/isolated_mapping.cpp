#include "core/plugin/worker/isolated_mapping.hpp"

#include "core/plugin/worker/mapping_frames.hpp"

namespace aorta::plugin::worker {
namespace {

constexpr std::size_t kLeastMeasurement = 5 * sizeof(std::uint32_t);
constexpr std::size_t kLeastValue = 2 * sizeof(std::uint32_t);
// While the host handles these the worker makes the others: neither waits for long.
constexpr std::uint32_t kWantedParts = kParts * 5 / 8;

void fail_all(std::span<MappingJob> jobs, const Error& error) {
  for (MappingJob& job : jobs) job.error = error;
}

}  // namespace

std::optional<std::size_t> OutcomeReader::take(std::string_view outcomes, std::span<MappingJob> jobs) {
  counts_.clear();
  measurements_.clear();
  values_.clear();
  values_.reserve(outcomes.size() / kLeastValue);  // measurements have views of them
  Reader in(outcomes);
  while (!in.ended()) {
    if (!in.good() || counts_.size() == jobs.size()) return std::nullopt;
    take_outcome(in, jobs[counts_.size()]);
  }
  hand_on(jobs.first(counts_.size()));
  return counts_.size();
}

void OutcomeReader::take_outcome(Reader& in, MappingJob& job) {
  job.trailing_text = in.take<std::uint8_t>() != 0;
  bool failed = in.take<std::uint8_t>() != 0;
  std::uint32_t count = in.count(kLeastMeasurement);
  counts_.push_back(count);
  for (std::uint32_t left = count; left > 0 && in.good(); --left)
    measurements_.push_back(take_measurement(in, values_));
  job.error.reset();
  if (failed) job.error = take_error(in);
}

void OutcomeReader::hand_on(std::span<MappingJob> jobs) const {
  const mapping::MeasurementView* next = measurements_.data();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    for (std::uint32_t left = counts_[i]; left > 0; --left) jobs[i].out->add(*next++);
  }
}

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
  keeper_.on_part([this](std::string_view part) { return take_part(part); }, kWantedParts);
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
  if (answer.has_value() && outcomes_.take(*answer, asked_) == asked_.size()) return;
  if (answer.has_value()) answer = keeper_.spoke_nonsense(jobs.size());
  if (keeper_.state() != Keeper::State::Fallen || jobs.size() == 1) return fail_all(asked_, answer.error());
  divide(asked_, jobs.size() - asked_.size(), trust_place);
}

// A part is never all that is left: the rest comes with the end of the answer.
std::optional<std::size_t> IsolatedMapping::take_part(std::string_view part) {
  if (asked_.empty()) return std::nullopt;
  std::optional<std::size_t> taken = outcomes_.take(part, asked_.first(asked_.size() - 1));
  if (taken) asked_ = asked_.subspan(*taken);
  return taken;
}

// First what stands where the worker fell, alone; where that is not to be trusted, in halves. `answered`: of those
// asked about with them, how many came before them.
void IsolatedMapping::divide(std::span<MappingJob> jobs, std::size_t answered, bool trust_place) {
  std::size_t place = keeper_.fell_at() - answered;
  if (!trust_place || place >= jobs.size()) {
    std::size_t half = (jobs.size() + 1) / 2;
    normalize(jobs.first(half), false);
    return normalize(jobs.subspan(half), false);
  }
  normalize(jobs.subspan(place, 1), true);
  bool was_right = jobs[place].error && jobs[place].error->reason().starts_with("plugin/");
  normalize(jobs.first(place), was_right);
  normalize(jobs.subspan(place + 1), was_right);
}

// Until there is a worker to ask, or none will be there any more.
Result<std::string_view> IsolatedMapping::ask(std::span<MappingJob> jobs) {
  asked_ = jobs;
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
