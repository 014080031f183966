#include "core/fhir/store.hpp"

namespace aorta::fhir {

std::vector<Result<std::vector<Resource>>> Store::search_all(std::span<const Query> queries) {
  std::vector<Result<std::vector<Resource>>> out;
  out.reserve(queries.size());
  for (const Query& query : queries) out.push_back(search(query.type, query.identifier));
  return out;
}

std::vector<Result<Resource>> Store::save_all(std::span<const Save> saves) {
  std::vector<Result<Resource>> out;
  out.reserve(saves.size());
  for (const Save& one : saves) out.push_back(save(one.resource, one.expect));
  return out;
}

}  // namespace aorta::fhir
