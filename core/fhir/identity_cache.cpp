#include "core/fhir/identity.hpp"

namespace aorta::fhir {

const Identities* IdentityCache::find(const std::string& device, Clock::time_point now) {
  auto found = by_device_.find(device);
  if (found == by_device_.end()) return nullptr;
  auto entry = found->second;
  if (now - entry->used > kIdle) {
    by_device_.erase(found);
    by_use_.erase(entry);
    return nullptr;
  }
  entry->used = now;
  by_use_.splice(by_use_.begin(), by_use_, entry);
  return &entry->ids;
}

void IdentityCache::remember(const std::string& device, Identities ids, Clock::time_point now) {
  if (by_use_.size() >= kCapacity) {
    by_device_.erase(by_use_.back().device);
    by_use_.pop_back();
  }
  by_use_.push_front({device, std::move(ids), now});
  by_device_[by_use_.front().device] = by_use_.begin();
}

void IdentityCache::clear() {
  by_device_.clear();
  by_use_.clear();
}

}  // namespace aorta::fhir
