// An embedded store as a store of which nothing is changed.
#pragma once

#include "core/fhir/store.hpp"
#include "core/fhir/store_query.hpp"

namespace aorta::fhir {

// Also while a run writes the file. Saving is refused: "store-unavailable".
class StoredView : public Store {
 public:
  // Errors as StoreReader::open.
  static Result<std::unique_ptr<StoredView>> open(const std::string& path);

  Result<std::optional<Resource>> read(std::string_view type, std::string_view id) override;
  Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier) override;
  Result<Resource> save(const Resource& resource, const Expect& expect) override;
  Result<void> begin() override { return {}; }
  Result<void> commit() override { return {}; }
  void rollback() override {}

  StoreReader& reader() { return reader_; }

 private:
  explicit StoredView(StoreReader reader) : reader_(std::move(reader)) {}

  StoreReader reader_;
};

}  // namespace aorta::fhir
