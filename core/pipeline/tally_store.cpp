#include "core/pipeline/tally_store.hpp"

#include <string>

namespace aorta::pipeline {
namespace {

constexpr std::size_t kMostRemembered = 1'000'000;

std::uint64_t* counter(Tally& tally, std::string_view type) {
  if (type == "Observation") return &tally.observations;
  if (type == "Device") return &tally.devices;
  if (type == "Patient") return &tally.patients;
  return nullptr;
}

}  // namespace

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
  auto saved = store_->save(resource, expect);
  if (saved.has_error()) return saved;
  meet(resource.type, resource.id);
  if (resource.type != "Observation") return saved;
  std::lock_guard lock(mutex_);
  ++(expect.state == fhir::Expect::State::Absent ? tally_.created : tally_.changed);
  return saved;
}

Result<void> TallyStore::begin() {
  std::lock_guard lock(mutex_);
  at_begin_ = tally_;
  met_since_begin_.clear();
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
  std::uint64_t* count = counter(tally_, type);
  if (count == nullptr || tally_.capped) return;
  std::size_t key = std::hash<std::string>{}(std::string(type) + "/" + std::string(id));
  if (met_.insert(key).second) {
    met_since_begin_.push_back(key);
    ++*count;
  }
  tally_.capped = met_.size() >= kMostRemembered;
}

Tally TallyStore::tally() const {
  std::lock_guard lock(mutex_);
  return tally_;
}

}  // namespace aorta::pipeline
