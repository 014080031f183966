#include "core/fhir/resource_saver.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/document/document.hpp"
#include "core/fhir/json_compare.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/resource_index.hpp"
#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {
namespace {

constexpr std::chrono::milliseconds kShortestPause{4};
constexpr int kMostDoublings = 8;

// "resource/conflict"; reasons of a plugin's own that name their stage stay.
Error of_resource(const std::string& type, const Error& error) {
  std::string reason(error.reason());
  if (reason.find('/') == std::string::npos) reason = "resource/" + reason;
  return Error(std::move(reason), type + ": " + std::string(error.message()));
}

Error multiple_found(std::size_t count) {
  return Error(
      "multiple-found",
      std::to_string(count) + " resources carry the identifier of this one, and one was expected: remove all but one"
  );
}

Error not_found() { return Error("not-found", "the resource to be completed is not in the store"); }

// Searches of some servers find more than was asked for.
bool is_named(const Resource& resource, const Identifier& identifier) {
  document::Document json;
  Result<ResourceIndex> index = index_resource(json, resource);
  return index.has_value() && carries(*index, identifier);
}

std::string key_of(const ResourceJob& job) {
  if (job.identifier.value.empty()) return job.type + "/" + job.id;
  return job.type + "|" + job.identifier.system + "|" + job.identifier.value;
}

}  // namespace

ResourceSaver::ResourceSaver(Store& store, int tries) : store_(store), tries_(tries), jitter_(std::random_device{}()) {}

Result<void> ResourceSaver::save(std::span<ResourceJob> jobs) {
  std::vector<Attempt> attempts;
  attempts.reserve(jobs.size());
  for (ResourceJob& job : jobs) {
    if (!job.identifier.value.empty()) job.id = resource_id(job.identifier);
    attempts.push_back({&job, key_of(job)});
  }
  for (;;) {
    std::vector<Attempt*> round = next_round(attempts);
    if (round.empty()) return {};
    AORTA_CHECK(run_round(round));
    pause(round);
  }
}

std::vector<ResourceSaver::Attempt*> ResourceSaver::next_round(std::vector<Attempt>& attempts) {
  std::vector<Attempt*> round;
  std::unordered_set<std::string_view> met;
  for (Attempt& attempt : attempts) {
    if (!attempt.job->outcome && met.insert(attempt.key).second) round.push_back(&attempt);
  }
  return round;
}

Result<void> ResourceSaver::run_round(std::span<Attempt* const> round) {
  std::vector<std::vector<Resource>> found(round.size());
  AORTA_CHECK(find(round, found));
  saves_.clear();
  pending_.clear();
  taken_.clear();
  for (std::size_t i = 0; i < round.size(); ++i) {
    if (!round[i]->job->outcome) decide(*round[i], std::move(found[i]));
  }
  if (saves_.empty()) return {};
  std::vector<Result<Resource>> saved = store_.save_all(saves_);
  for (std::size_t i = 0; i < pending_.size(); ++i) AORTA_CHECK(settle(pending_[i], saved[i]));
  return {};
}

Result<void> ResourceSaver::find(std::span<Attempt* const> round, std::vector<std::vector<Resource>>& found) {
  std::vector<Query> queries;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < round.size(); ++i) {
    const ResourceJob& job = *round[i]->job;
    if (job.identifier.value.empty()) {
      AORTA_CHECK(read(*round[i], found[i]));
    } else if (!round[i]->hidden) {
      queries.push_back({job.type, job.identifier, job.id});
      asked.push_back(i);
    }
  }
  std::vector<Result<std::vector<Resource>>> answers = store_.search_all(queries);
  for (std::size_t k = 0; k < asked.size(); ++k) {
    if (answers[k].has_value()) {
      found[asked[k]] = std::move(*answers[k]);
    } else if (is_of_the_store(answers[k].error())) {
      return answers[k].error();
    } else {
      ResourceJob& job = *round[asked[k]]->job;
      job.outcome = of_resource(job.type, answers[k].error());
    }
  }
  return {};
}

// One that is meant by its id.
Result<void> ResourceSaver::read(Attempt& attempt, std::vector<Resource>& found) {
  ResourceJob& job = *attempt.job;
  Result<std::optional<Resource>> there = store_.read(job.type, job.id);
  if (there.has_error()) {
    if (is_of_the_store(there.error())) return there.error();
    job.outcome = of_resource(job.type, there.error());
  } else if (*there) {
    found.push_back(std::move(**there));
  } else {
    job.outcome = of_resource(job.type, not_found());
  }
  return {};
}

void ResourceSaver::decide(Attempt& attempt, std::vector<Resource> found) {
  if (attempt.hidden) found.push_back(*attempt.hidden);
  ResourceJob& job = *attempt.job;
  if (!job.identifier.value.empty())
    std::erase_if(found, [&](const Resource& r) { return !is_named(r, job.identifier); });
  if (found.size() > 1) {
    job.outcome = of_resource(job.type, multiple_found(found.size()));
  } else if (found.empty()) {
    create(attempt);
  } else {
    merge(attempt, found.front());
  }
}

void ResourceSaver::create(Attempt& attempt) {
  ResourceJob& job = *attempt.job;
  Result<std::optional<std::string>> json = job.compose(job.id, nullptr);
  if (json.has_error()) {
    job.outcome = of_resource(job.type, json.error());
  } else if (!*json) {
    job.outcome = ResourceEnd::LeftOut;
  } else {
    Expect expect = attempt.hidden ? unchanged_since(*attempt.hidden) : Expect::absent();
    saves_.push_back({{job.type, job.id, {}, std::move(**json)}, std::move(expect)});
    pending_.push_back({&attempt, true});
  }
}

void ResourceSaver::merge(Attempt& attempt, const Resource& existing) {
  ResourceJob& job = *attempt.job;
  // Two jobs may mean the same resource by different names: the second one waits for its turn.
  if (taken_.contains(existing.type + "/" + existing.id)) return;
  document::Document before;
  document::Document after;
  if (before.read_value(existing.json, document::kPlainJson).has_error()) {
    job.outcome = of_resource(job.type, Error("not-json", "what is stored is no JSON"));
    return;
  }
  Result<std::optional<std::string>> json = job.compose(existing.id, &before);
  if (json.has_error()) {
    job.outcome = of_resource(job.type, json.error());
  } else if (!*json) {
    job.outcome = ResourceEnd::LeftOut;
  } else if (after.read_value(**json, document::kPlainJson).has_error()) {
    job.outcome = of_resource(job.type, Error("not-json", "what was composed is no JSON"));
  } else if (same_content(before.root(), after.root())) {
    job.outcome = ResourceEnd::Unchanged;
  } else {
    taken_.insert(existing.type + "/" + existing.id);
    saves_.push_back({{job.type, existing.id, {}, std::move(**json)}, unchanged_since(existing)});
    pending_.push_back({&attempt, false});
  }
  if (job.outcome && job.outcome->has_value()) job.id = existing.id;
}

Result<void> ResourceSaver::settle(const Pending& pending, const Result<Resource>& saved) {
  ResourceJob& job = *pending.attempt->job;
  if (saved.has_value()) {
    job.id = saved->id;
    job.outcome = pending.creates ? ResourceEnd::Created : ResourceEnd::Changed;
    return {};
  }
  if (is_of_the_store(saved.error())) return saved.error();
  if (is_conflict(saved.error())) return settle_conflict(pending, saved.error());
  job.outcome = of_resource(job.type, saved.error());
  return {};
}

Result<void> ResourceSaver::settle_conflict(const Pending& pending, const Error& error) {
  Attempt& attempt = *pending.attempt;
  bool was_hidden = attempt.hidden.has_value();
  attempt.hidden.reset();
  if (pending.creates && !was_hidden) {
    // A search can miss what is there already: read by id, which cannot.
    Result<std::optional<Resource>> there = store_.read(attempt.job->type, attempt.job->id);
    if (there.has_error() && is_of_the_store(there.error())) return there.error();
    if (there.has_value()) attempt.hidden = std::move(*there);
    if (attempt.hidden) return {};
  }
  if (++attempt.conflicts == tries_) attempt.job->outcome = of_resource(attempt.job->type, error);
  return {};
}

// Writers that met once would meet again if each came back at once.
void ResourceSaver::pause(std::span<Attempt* const> round) {
  int conflicts = 0;
  for (const Attempt* attempt : round) {
    if (!attempt->job->outcome) conflicts = std::max(conflicts, attempt->conflicts);
  }
  if (conflicts == 0) return;
  std::uniform_int_distribution<std::int64_t> length(0, kShortestPause.count() << std::min(conflicts, kMostDoublings));
  std::this_thread::sleep_for(std::chrono::milliseconds(length(jitter_)));
}

}  // namespace aorta::fhir
