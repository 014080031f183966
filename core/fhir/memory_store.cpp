#include "core/fhir/memory_store.hpp"

#include "core/fhir/store_rules.hpp"

namespace aorta::fhir {

Result<std::optional<Resource>> MemoryStore::read(std::string_view type, std::string_view id) {
  auto found = entries_.find({std::string(type), std::string(id)});
  return found == entries_.end() ? std::optional<Resource>() : std::optional(found->second.resource);
}

Result<std::vector<Resource>> MemoryStore::search(std::string_view type, const Identifier& identifier) {
  std::vector<Resource> out;
  for (const auto& [key, entry] : entries_) {
    if (key.first == type && carries(entry.index, identifier)) out.push_back(entry.resource);
  }
  return out;
}

Result<Resource> MemoryStore::save(const Resource& resource, const Expect& expect) {
  auto found = entries_.find({resource.type, resource.id});
  std::string_view current =
      found == entries_.end() ? std::string_view() : std::string_view(found->second.resource.version);
  AORTA_CHECK(check_expected(resource, expect, current));
  return store(resource, next_version(current));
}

Result<Resource> MemoryStore::store(const Resource& resource, std::string version) {
  document::Document json;
  AORTA_TRY(index, index_resource(json, resource));
  Resource saved{resource.type, resource.id, version, with_meta(json.root(), version, iso_text(utc_now()))};
  entries_[{resource.type, resource.id}] = {saved, std::move(index)};
  return saved;
}

Result<void> MemoryStore::put(const Resource& resource) {
  document::Document json;
  AORTA_CHECK(index_resource(json, resource));
  std::string version = version_of(json.root());
  AORTA_CHECK(store(resource, version.empty() ? "1" : version));
  return {};
}

Result<void> MemoryStore::begin() {
  before_ = entries_;
  return {};
}

Result<void> MemoryStore::commit() {
  before_.clear();
  return {};
}

void MemoryStore::rollback() { entries_ = std::move(before_); }

std::vector<Resource> MemoryStore::all() const {
  std::vector<Resource> out;
  for (const auto& [key, entry] : entries_) out.push_back(entry.resource);
  return out;
}

}  // namespace aorta::fhir
