#include "core/plugin/worker/isolated_mapping.hpp"

#include "core/plugin/worker/mapping_frames.hpp"

namespace aorta::plugin::worker {
namespace {

constexpr std::size_t kLeastValue = 2 * sizeof(std::uint32_t);

void fail_all(std::span<MappingJob> jobs, const Error& error) {
  for (MappingJob& job : jobs) job.error = error;
}

std::array<std::string_view, 3> texts_of(const Record& record) {
  return {record.body, record.properties, record.system_properties};
}

std::size_t size_of(std::span<const MappingJob> jobs) {
  std::size_t size = sizeof(std::uint32_t);
  for (const MappingJob& job : jobs) size += Filler::size_of(texts_of(*job.record));
  return size;
}

void put(Filler out, std::span<const MappingJob> jobs) {
  out.put(static_cast<std::uint32_t>(jobs.size()));
  for (const MappingJob& job : jobs) out.texts(texts_of(*job.record));
}

}  // namespace

bool OutcomeReader::take(std::string_view outcomes, std::span<MappingJob> jobs) {
  counts_.clear();
  measurements_.clear();
  values_.clear();
  values_.reserve(outcomes.size() / kLeastValue);  // measurements have views of them
  Reader in(outcomes);
  for (MappingJob& job : jobs) take_outcome(in, job);
  if (!in.ended()) return false;
  hand_on(jobs);
  return true;
}

void OutcomeReader::take_outcome(Reader& in, MappingJob& job) {
  auto head = in.take<OutcomeHead>();
  job.trailing_text = head.trailing_text != 0;
  counts_.push_back(head.measurements);
  for (std::uint32_t left = head.measurements; left > 0 && in.good(); --left)
    measurements_.push_back(take_measurement(in, values_));
  job.error.reset();
  if (head.failed != 0) job.error = take_error(in);
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

void IsolatedMapping::begin(std::span<MappingJob> jobs) {
  begun_.push_back(jobs);
  while (keeper_.posted() < begun_.size() && post(begun_[keeper_.posted()])) {
  }
}

bool IsolatedMapping::post(std::span<MappingJob> jobs) {
  std::size_t size = size_of(jobs);
  char* room = keeper_.room(size);
  if (room == nullptr) return false;
  put(Filler(room), jobs);
  keeper_.post(Type::Normalize, size, jobs.size());
  return true;
}

void IsolatedMapping::finish() {
  std::span<MappingJob> jobs = begun_.front();
  begun_.pop_front();
  if (keeper_.posted() == 0) return normalize(jobs, true);
  Company company = keeper_.posted() > 1 ? Company::Others : Company::None;
  take(keeper_.answer(), jobs, true, company);
}

// Nothing is posted meanwhile.
void IsolatedMapping::normalize(std::span<MappingJob> jobs, bool trust_place) {
  if (!jobs.empty()) take(ask(jobs), jobs, trust_place, Company::None);
}

void IsolatedMapping::take(
    Result<std::string_view> answer, std::span<MappingJob> jobs, bool trust_place, Company company
) {
  if (answer.has_value() && outcomes_.take(*answer, jobs)) return;
  if (answer.has_value()) answer = keeper_.spoke_nonsense(jobs.size());
  if (keeper_.state() != Keeper::State::Fallen) return fail_all(jobs, answer.error());
  if (company == Company::Others && keeper_.fell_at() >= jobs.size()) return normalize(jobs, true);
  if (company == Company::None && jobs.size() == 1) return fail_all(jobs, answer.error());
  divide(jobs, trust_place);
}

// First what stands where the worker fell, alone; where that is not to be trusted, in halves.
void IsolatedMapping::divide(std::span<MappingJob> jobs, bool trust_place) {
  std::size_t place = keeper_.fell_at();
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
  request_.resize(size_of(jobs));
  put(Filler(request_.data()), jobs);
  for (;;) {
    auto answer = keeper_.ask(Type::Normalize, request_, jobs.size());
    if (keeper_.state() != Keeper::State::Away) return answer;
  }
}

}  // namespace aorta::plugin::worker
