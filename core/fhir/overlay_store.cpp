#include "core/fhir/overlay_store.hpp"

#include <algorithm>

namespace aorta::fhir {

Result<std::optional<Resource>> OverlayStore::read(std::string_view type, std::string_view id) {
  AORTA_TRY(above, above_.read(type, id));
  if (above || !below_) return above;
  return below_->read(type, id);
}

Result<std::vector<Resource>> OverlayStore::search(std::string_view type, const Identifier& identifier) {
  Query query{std::string(type), identifier, {}};
  return std::move(search_all({&query, 1}).front());
}

std::vector<Result<std::vector<Resource>>> OverlayStore::search_all(std::span<const Query> queries) {
  using Found = Result<std::vector<Resource>>;
  std::vector<Found> out =
      below_ ? below_->search_all(queries) : std::vector<Found>(queries.size(), Found(std::vector<Resource>{}));
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (out[i].has_value()) out[i] = covered(queries[i], std::move(*out[i]));
    if (out[i].has_value()) searches_.push_back({queries[i], *out[i]});
  }
  return out;
}

Result<std::vector<Resource>> OverlayStore::covered(const Query& query, std::vector<Resource> found) {
  AORTA_TRY(above, above_.search(query.type, query.identifier));
  for (Resource& one : above) {
    std::erase_if(found, [&](const Resource& other) { return other.id == one.id; });
    found.push_back(std::move(one));
  }
  return found;
}

Result<Resource> OverlayStore::save(const Resource& resource, const Expect& expect) {
  AORTA_TRY(there, read(resource.type, resource.id));
  AORTA_TRY(above, above_.read(resource.type, resource.id));
  if (there && !above) AORTA_CHECK(above_.put(*there));
  AORTA_TRY(saved, above_.save(resource, expect));
  saves_.push_back({saved, expect});
  return saved;
}

}  // namespace aorta::fhir
