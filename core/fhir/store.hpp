// Where FHIR resources live. `sqlite` (embedded) is one; a REST server is another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::fhir {

struct Resource {
  std::string type;  // "Observation"
  std::string id;
  std::string version;  // meta.versionId, empty where the store has none
  std::string json;     // the whole resource, numbers as they were written
};

struct Identifier {
  std::string system;  // empty: searched without system
  std::string value;
};

// What must hold for a save to happen; otherwise it fails with reason "conflict" and nothing was written.
struct Expect {
  enum class State : std::uint8_t { Absent, Version, Anything } state;
  std::string version;  // State::Version
  static Expect absent() { return {State::Absent, {}}; }
  static Expect exactly(std::string version) { return {State::Version, std::move(version)}; }
};

// What a flush looks for. A store whose index lags behind what was written looks under `id` too, which cannot: that is
// where a resource with this identifier stands if this program made it.
struct Query {
  std::string type;
  Identifier identifier;
  std::string id;  // empty: by identifier alone
};

struct Save {
  Resource resource;
  Expect expect;
  // With Expect::absent(): to be made only if the store itself finds no other with the first identifier, and then under
  // an id of the store's; "conflict": there is one. A store that has one writer at a time need not heed it.
  bool unless_found = false;
};

// Errors: "conflict" (somebody else wrote in between), "store-unavailable" (retryable), "store-rejected" (this resource
// is refused), "store-full", "store-corrupt". Not thread-safe: one store per pipeline.
class Store {
 public:
  virtual ~Store() = default;
  virtual Result<std::optional<Resource>> read(std::string_view type, std::string_view id) = 0;
  // All resources that carry the identifier (spec 7.1, 8).
  virtual Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier) = 0;
  // Writes the resource under its id, and tells that id and the new version; whether `json` comes back is the store's
  // affair. A store that gives ids itself may tell another id.
  virtual Result<Resource> save(const Resource& resource, const Expect& expect) = 0;

  // Many at once, for stores where each call is a journey; an answer for each, in order. No two of `saves` may mean the
  // same resource. One that fails does not hinder the others.
  virtual std::vector<Result<std::vector<Resource>>> search_all(std::span<const Query> queries);
  virtual std::vector<Result<Resource>> save_all(std::span<const Save> saves);

  // A flush: what is saved between begin() and commit() is durable, all of it, once commit() returned. After a failure,
  // or without commit(), an embedded store has none of it; a server may keep some, which the same flush, coming again,
  // finds and leaves as it is.
  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;
};

}  // namespace aorta::fhir
