// A store that lives and dies with the process: for tests, `conform` and `aorta test`.
#pragma once

#include <map>
#include <utility>

#include "core/fhir/resource_index.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

class MemoryStore : public Store {
 public:
  Result<std::optional<Resource>> read(std::string_view type, std::string_view id) override;
  Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier) override;
  Result<Resource> save(const Resource& resource, const Expect& expect) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;

  // All resources, ordered by type and id.
  std::vector<Resource> all() const;
  // As if it had been there before: the version of its meta, or "1".
  Result<void> put(const Resource& resource);

 private:
  using Key = std::pair<std::string, std::string>;
  struct Entry {
    Resource resource;
    ResourceIndex index;
  };
  Result<Resource> store(const Resource& resource, std::string version);

  std::map<Key, Entry> entries_;
  std::map<Key, Entry> before_;  // the state at begin()
};

}  // namespace aorta::fhir
