#include "core/fhir/stored_view.hpp"

namespace aorta::fhir {

Result<std::unique_ptr<StoredView>> StoredView::open(const std::string& path) {
  AORTA_TRY(reader, StoreReader::open(path));
  return std::unique_ptr<StoredView>(new StoredView(std::move(reader)));
}

Result<std::optional<Resource>> StoredView::read(std::string_view type, std::string_view id) {
  return reader_.read(type, id);
}

Result<std::vector<Resource>> StoredView::search(std::string_view type, const Identifier& identifier) {
  return reader_.search(type, identifier);
}

Result<Resource> StoredView::save(const Resource&, const Expect&) {
  return Error("store-unavailable", "this store is only looked at");
}

}  // namespace aorta::fhir
