// A store that is looked at and not written to: what is saved lies over it, in memory, and is remembered in its order.
#pragma once

#include "core/fhir/memory_store.hpp"

namespace aorta::fhir {

// Answers as the store below would after these saves. Flushes are neither begun nor ended below.
class OverlayStore : public Store {
 public:
  struct Search {
    Query query;
    std::vector<Resource> found;
  };

  // nullptr: there is nothing below. Outlives this.
  explicit OverlayStore(Store* below) : below_(below) {}

  Result<std::optional<Resource>> read(std::string_view type, std::string_view id) override;
  Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier) override;
  Result<Resource> save(const Resource& resource, const Expect& expect) override;
  std::vector<Result<std::vector<Resource>>> search_all(std::span<const Query> queries) override;
  Result<void> begin() override { return {}; }
  Result<void> commit() override { return {}; }
  void rollback() override {}

  const std::vector<Search>& searches() const { return searches_; }  // those that were answered
  void forget_searches() { searches_.clear(); }
  const std::vector<Save>& saves() const { return saves_; }  // those that were done

 private:
  // `found` below, with what lies over it.
  Result<std::vector<Resource>> covered(const Query& query, std::vector<Resource> found);

  Store* below_;
  MemoryStore above_;
  std::vector<Search> searches_;
  std::vector<Save> saves_;
};

}  // namespace aorta::fhir
