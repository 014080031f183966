#include "core/fhir/save_rounds.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {
namespace {

constexpr std::chrono::milliseconds kShortestPause{4};
constexpr int kMostDoublings = 8;

bool means_an_id(const Query& query) { return query.identifier.value.empty(); }

Error not_found() { return Error("not-found", "the resource to be completed is not in the store"); }

std::string place_of(const Resource& resource) { return resource.type + "/" + resource.id; }

using Name = std::pair<std::string_view, std::string_view>;  // type and id
struct NameHash {
  std::size_t operator()(const Name& name) const {
    return std::hash<std::string_view>()(name.second) ^ (std::hash<std::string_view>()(name.first) << 1);
  }
};

}  // namespace

SaveRounds::SaveRounds(Store& store, int tries) : store_(store), tries_(tries), jitter_(std::random_device{}()) {}

Result<void> SaveRounds::run(std::span<const Query> queries) {
  std::vector<Attempt> attempts;
  attempts.reserve(queries.size());
  for (const Query& query : queries) attempts.push_back({attempts.size(), &query});
  for (;;) {
    std::vector<Attempt*> round = next_round(attempts);
    if (round.empty()) return {};
    AORTA_CHECK(run_round(round, queries));
    pause(round);
  }
}

std::vector<SaveRounds::Attempt*> SaveRounds::next_round(std::vector<Attempt>& attempts) const {
  std::vector<Attempt*> round;
  round.reserve(attempts.size());
  std::unordered_set<Name, NameHash> met;
  met.reserve(attempts.size());
  for (Attempt& attempt : attempts) {
    if (!has_ended(attempt.job) && met.emplace(attempt.query->type, attempt.query->id).second)
      round.push_back(&attempt);
  }
  return round;
}

Result<void> SaveRounds::run_round(std::span<Attempt* const> round, std::span<const Query> queries) {
  std::vector<std::vector<Resource>> found(round.size());
  AORTA_CHECK(find(round, queries, found));
  saves_.clear();
  pending_.clear();
  taken_.clear();
  for (std::size_t i = 0; i < round.size(); ++i) {
    if (!has_ended(round[i]->job)) decide(*round[i], std::move(found[i]));
  }
  if (saves_.empty()) return {};
  std::vector<Result<Resource>> saved = store_.save_all(saves_);
  for (std::size_t i = 0; i < pending_.size(); ++i) AORTA_CHECK(settle(pending_[i], saved[i]));
  return {};
}

// What each of the round finds; one that no search needs to find is there already.
Result<void> SaveRounds::find(
    std::span<Attempt* const> round, std::span<const Query> queries, std::vector<std::vector<Resource>>& found
) {
  std::vector<std::size_t> asked;
  asked.reserve(round.size());
  for (std::size_t i = 0; i < round.size(); ++i) {
    if (means_an_id(*round[i]->query)) {
      AORTA_CHECK(read(*round[i], found[i]));
    } else if (!round[i]->hidden) {
      asked.push_back(i);
    }
  }
  std::vector<Query> some;
  if (asked.size() < queries.size()) {
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
      end_failed(round[asked[k]]->job, answers[k].error());
    }
  }
  return {};
}

Result<void> SaveRounds::read(const Attempt& attempt, std::vector<Resource>& found) {
  Result<std::optional<Resource>> there = store_.read(attempt.query->type, attempt.query->id);
  if (there.has_error()) {
    if (is_of_the_store(there.error())) return there.error();
    end_failed(attempt.job, there.error());
  } else if (*there) {
    found.push_back(std::move(**there));
  } else {
    end_failed(attempt.job, not_found());
  }
  return {};
}

void SaveRounds::decide(Attempt& attempt, std::vector<Resource> found) {
  if (attempt.hidden) found.push_back(*attempt.hidden);
  if (!means_an_id(*attempt.query)) std::erase_if(found, [&](const Resource& r) { return !is_meant(attempt.job, r); });
  if (found.size() > 1) {
    end_failed(attempt.job, multiple_found(found.size()));
  } else if (found.empty()) {
    propose_new(attempt);
  } else {
    propose_change(attempt, found.front());
  }
}

void SaveRounds::propose_new(Attempt& attempt) {
  std::optional<std::string> json = create(attempt.job);
  if (!json) return;
  Expect expect = attempt.hidden ? unchanged_since(*attempt.hidden) : Expect::absent();
  saves_.push_back({{attempt.query->type, attempt.query->id, {}, std::move(*json)}, std::move(expect)});
  pending_.push_back({&attempt, true});
}

void SaveRounds::propose_change(Attempt& attempt, const Resource& existing) {
  // One resource may carry the names of two jobs: the second one waits for its turn.
  if (taken_.contains(place_of(existing))) return;
  std::optional<std::string> json = merge(attempt.job, existing);
  if (!json) return;
  taken_.insert(place_of(existing));
  saves_.push_back({{existing.type, existing.id, {}, std::move(*json)}, unchanged_since(existing)});
  pending_.push_back({&attempt, false});
}

Result<void> SaveRounds::settle(const Pending& pending, const Result<Resource>& saved) {
  if (saved.has_value()) {
    end_saved(pending.attempt->job, *saved, pending.creates);
    return {};
  }
  if (is_of_the_store(saved.error())) return saved.error();
  if (is_conflict(saved.error())) return settle_conflict(pending, saved.error());
  end_failed(pending.attempt->job, saved.error());
  return {};
}

Result<void> SaveRounds::settle_conflict(const Pending& pending, const Error& error) {
  Attempt& attempt = *pending.attempt;
  bool was_hidden = attempt.hidden.has_value();
  attempt.hidden.reset();
  if (pending.creates && !was_hidden) {
    // A search can miss what is there already: read by id, which cannot.
    Result<std::optional<Resource>> there = store_.read(attempt.query->type, attempt.query->id);
    if (there.has_error() && is_of_the_store(there.error())) return there.error();
    if (there.has_value()) attempt.hidden = std::move(*there);
    if (attempt.hidden) return {};
  }
  if (++attempt.conflicts == tries_) end_failed(attempt.job, error);
  return {};
}

// Writers that met once would meet again if each came back at once.
void SaveRounds::pause(std::span<Attempt* const> round) {
  int conflicts = 0;
  for (const Attempt* attempt : round) {
    if (!has_ended(attempt->job)) conflicts = std::max(conflicts, attempt->conflicts);
  }
  if (conflicts == 0) return;
  std::uniform_int_distribution<std::int64_t> length(0, kShortestPause.count() << std::min(conflicts, kMostDoublings));
  std::this_thread::sleep_for(std::chrono::milliseconds(length(jitter_)));
}

}  // namespace aorta::fhir
