#include "core/pipeline/tally_store.hpp"

#include <string>

namespace aorta::pipeline {
namespace {

constexpr std::size_t kMostRemembered = 1'000'000;

TypeTally& entry(Tally& tally, std::string_view type) {
  auto found = tally.types.find(type);
  return found != tally.types.end() ? found->second : tally.types[std::string(type)];
}

}  // namespace

TypeTally Tally::of(std::string_view type) const {
  auto found = types.find(type);
  return found == types.end() ? TypeTally{} : found->second;
}

void Tally::add(const Tally& other) {
  for (const auto& [type, one] : other.types) {
    TypeTally& sum = types[type];
    sum.met += one.met;
    sum.created += one.created;
    sum.changed += one.changed;
  }
  capped = capped || other.capped;
}

Result<std::optional<fhir::Resource>> TallyStore::read(std::string_view type, std::string_view id) {
  auto found = store_->read(type, id);
  if (found.has_value() && found->has_value()) meet(type, id);
  return found;
}

Result<std::vector<fhir::Resource>> TallyStore::search(std::string_view type, const fhir::Identifier& identifier) {
  auto found = store_->search(type, identifier);
  if (found.has_value()) {
    for (const fhir::Resource& r : *found) meet(type, r.id);
  }
  return found;
}

Result<fhir::Resource> TallyStore::save(const fhir::Resource& resource, const fhir::Expect& expect) {
  return std::move(save_all(std::vector<fhir::Save>{{resource, expect}}).front());
}

std::vector<Result<std::vector<fhir::Resource>>> TallyStore::search_all(std::span<const fhir::Query> queries) {
  auto answers = store_->search_all(queries);
  for (const auto& found : answers) {
    if (found.has_error()) continue;
    for (const fhir::Resource& r : *found) meet(r.type, r.id);
  }
  return answers;
}

std::vector<Result<fhir::Resource>> TallyStore::save_all(std::span<const fhir::Save> saves) {
  auto saved = store_->save_all(saves);
  for (std::size_t i = 0; i < saves.size(); ++i) count(saves[i], saved[i]);
  return saved;
}

void TallyStore::count(const fhir::Save& save, const Result<fhir::Resource>& saved) {
  if (saved.has_error()) return;
  meet(saved->type, saved->id);
  std::lock_guard lock(mutex_);
  TypeTally& type = entry(tally_, saved->type);
  ++(save.expect.state == fhir::Expect::State::Absent ? type.created : type.changed);
}

// The store is asked without the lock: it may take long, and whoever watches the run does not wait for it.
Result<void> TallyStore::begin() {
  {
    std::lock_guard lock(mutex_);
    at_begin_ = tally_;
    met_since_begin_.clear();
  }
  return store_->begin();
}

void TallyStore::rollback() {
  store_->rollback();
  std::lock_guard lock(mutex_);
  tally_ = at_begin_;
  for (std::size_t key : met_since_begin_) met_.erase(key);
}

void TallyStore::meet(std::string_view type, std::string_view id) {
  std::lock_guard lock(mutex_);
  if (tally_.capped) return;
  std::size_t key = std::hash<std::string_view>{}(id)*31 + std::hash<std::string_view>{}(type);
  if (met_.insert(key).second) {
    met_since_begin_.push_back(key);
    ++entry(tally_, type).met;
  }
  tally_.capped = met_.size() >= kMostRemembered;
}

Tally TallyStore::tally() const {
  std::lock_guard lock(mutex_);
  return tally_;
}

}  // namespace aorta::pipeline
