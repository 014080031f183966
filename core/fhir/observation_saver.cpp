#include "core/fhir/observation_saver.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {
namespace {

constexpr std::chrono::milliseconds kShortestPause{4};
constexpr int kMostDoublings = 8;

Error multiple_found(std::size_t count) {
  return Error(
      "multiple-found",
      std::to_string(count) +
          " Observations carry the identifier of this period, and one was expected: remove all but one"
  );
}

}  // namespace

ObservationSaver::ObservationSaver(Store& store, WriteCounts& counts, int tries)
    : store_(store), counts_(counts), tries_(tries), jitter_(std::random_device{}()) {}

Result<void> ObservationSaver::save(std::span<ObservationJob> jobs) {
  std::vector<Attempt> attempts;
  attempts.reserve(jobs.size());
  queries_.clear();
  queries_.reserve(jobs.size());  // attempts point into it
  for (ObservationJob& job : jobs) {
    const ObservationLinks& links = *job.links;
    Identifier identifier = observation_identifier(links.patient, links.device, job.group->name, job.group->id_segment);
    std::string id = resource_id(identifier);
    queries_.push_back({"Observation", std::move(identifier), std::move(id)});
    attempts.push_back({&job, &queries_.back(), 0, std::nullopt});
  }
  for (;;) {
    std::vector<Attempt*> round = next_round(attempts);
    if (round.empty()) return {};
    AORTA_CHECK(run_round(round));
    pause(round);
  }
}

std::vector<ObservationSaver::Attempt*> ObservationSaver::next_round(std::vector<Attempt>& attempts) const {
  std::vector<Attempt*> round;
  round.reserve(attempts.size());
  std::unordered_set<std::string_view> met;
  met.reserve(attempts.size());
  for (Attempt& attempt : attempts) {
    if (!attempt.job->outcome && met.insert(attempt.query->id).second) round.push_back(&attempt);
  }
  return round;
}

Result<void> ObservationSaver::run_round(std::span<Attempt* const> round) {
  std::vector<std::vector<Resource>> found(round.size());
  AORTA_CHECK(find(round, found));
  saves_.clear();
  pending_.clear();
  taken_.clear();
  for (std::size_t i = 0; i < round.size(); ++i) {
    if (!round[i]->job->outcome) decide(*round[i], std::move(found[i]));
  }
  std::vector<Result<Resource>> saved = store_.save_all(saves_);
  for (std::size_t i = 0; i < pending_.size(); ++i) AORTA_CHECK(settle(pending_[i], saved[i]));
  return {};
}

// What each of the round finds; one that no search needs to find is there already.
Result<void> ObservationSaver::find(std::span<Attempt* const> round, std::vector<std::vector<Resource>>& found) {
  std::vector<std::size_t> asked;
  asked.reserve(round.size());
  for (std::size_t i = 0; i < round.size(); ++i) {
    if (!round[i]->hidden) asked.push_back(i);
  }
  std::span<const Query> queries = queries_;
  std::vector<Query> some;
  if (asked.size() < queries_.size()) {
    for (std::size_t i : asked) some.push_back(*round[i]->query);
    queries = some;
  }
  std::vector<Result<std::vector<Resource>>> answers = store_.search_all(queries);
  for (std::size_t k = 0; k < asked.size(); ++k) {
    if (answers[k].has_value()) {
      found[asked[k]] = std::move(*answers[k]);
    } else if (is_of_the_store(answers[k].error())) {
      return answers[k].error();
    } else {
      ObservationJob& job = *round[asked[k]]->job;
      job.outcome = staged("observation", answers[k].error(), job.group->name);
    }
  }
  return {};
}

void ObservationSaver::decide(Attempt& attempt, std::vector<Resource> found) {
  if (attempt.hidden) found.push_back(*attempt.hidden);
  std::erase_if(found, [&](const Resource& r) { return !has_exact_identifier(r.json, attempt.query->identifier); });
  ObservationJob& job = *attempt.job;
  if (found.size() > 1) {
    job.outcome = staged("observation", multiple_found(found.size()), job.group->name);
  } else if (found.empty()) {
    create(attempt);
  } else {
    merge(attempt, found.front());
  }
}

void ObservationSaver::create(Attempt& attempt) {
  ObservationJob& job = *attempt.job;
  Result<std::string> json = create_observation(*job.made_by, *job.group, job.links);
  if (json.has_error()) {
    job.outcome = staged("observation", json.error(), job.group->name);
    return;
  }
  Expect expect = attempt.hidden ? unchanged_since(*attempt.hidden) : Expect::absent();
  saves_.push_back({{"Observation", attempt.query->id, {}, std::move(*json)}, std::move(expect)});
  pending_.push_back({&attempt, true});
}

void ObservationSaver::merge(Attempt& attempt, const Resource& existing) {
  ObservationJob& job = *attempt.job;
  Result<MergedObservation> merged = merge_observation(*job.made_by, *job.group, existing.json, Amend::WhenChanged);
  if (merged.has_error()) {
    job.outcome = staged("observation", merged.error(), job.group->name);
  } else if (!merged->changed) {
    ++counts_.observations_unchanged;
    job.outcome = Ending::Kind::Merged;
  } else {
    // One Observation may carry the identifiers of two jobs: the second one waits for its turn.
    if (!taken_.insert(existing.id).second) return;
    saves_.push_back({{"Observation", existing.id, {}, std::move(merged->json)}, unchanged_since(existing)});
    pending_.push_back({&attempt, false});
  }
}

Result<void> ObservationSaver::settle(const Pending& pending, const Result<Resource>& saved) {
  ObservationJob& job = *pending.attempt->job;
  if (saved.has_value()) {
    ++(pending.creates ? counts_.observations_created : counts_.observations_updated);
    job.outcome = pending.creates ? Ending::Kind::Written : Ending::Kind::Merged;
    return {};
  }
  if (is_of_the_store(saved.error())) return saved.error();
  if (is_conflict(saved.error())) return settle_conflict(pending, saved.error());
  job.outcome = staged("observation", saved.error(), job.group->name);
  return {};
}

Result<void> ObservationSaver::settle_conflict(const Pending& pending, const Error& error) {
  Attempt& attempt = *pending.attempt;
  bool was_hidden = attempt.hidden.has_value();
  attempt.hidden.reset();
  if (pending.creates && !was_hidden) {
    // A search can miss what is there already: read by id, which cannot.
    Result<std::optional<Resource>> there = store_.read("Observation", attempt.query->id);
    if (there.has_error() && is_of_the_store(there.error())) return there.error();
    if (there.has_value()) attempt.hidden = std::move(*there);
    if (attempt.hidden) return {};
  }
  if (++attempt.conflicts == tries_) attempt.job->outcome = staged("observation", error, attempt.job->group->name);
  return {};
}

// Writers that met once would meet again if each came back at once.
void ObservationSaver::pause(std::span<Attempt* const> round) {
  int conflicts = 0;
  for (const Attempt* attempt : round) {
    if (!attempt->job->outcome) conflicts = std::max(conflicts, attempt->conflicts);
  }
  if (conflicts == 0) return;
  std::uniform_int_distribution<std::int64_t> length(0, kShortestPause.count() << std::min(conflicts, kMostDoublings));
  std::this_thread::sleep_for(std::chrono::milliseconds(length(jitter_)));
}

}  // namespace aorta::fhir
