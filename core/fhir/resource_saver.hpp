// Resources of any type found, composed and saved: a whole flush in as few journeys to the store as can be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "core/base/result.hpp"
#include "core/fhir/save_rounds.hpp"

namespace aorta::document {
class Document;
}

namespace aorta::fhir {

enum class ResourceEnd : std::uint8_t { Created, Changed, Unchanged, LeftOut };

// One resource on its way into the store.
struct ResourceJob {
  // The whole resource as JSON text under `id`, from what is stored (nullptr: nothing is); nothing: to be left as it
  // is. Called again after each conflict.
  using Compose =
      std::function<Result<std::optional<std::string>>(const std::string& id, document::Document* existing)>;

  std::string type;
  Identifier identifier;  // its own; with an empty value `id` says which one is meant, and it must be there
  std::string id;         // given by save() where there is an identifier: where it stands in the store
  Compose compose;
  // What became of it: never an error of the store as a whole. Reasons: "resource/conflict", "resource/multiple-found",
  // "resource/not-found", "resource/not-json", "resource/store-rejected", and compose's own.
  std::optional<Result<ResourceEnd>> outcome = {};
};

// Not thread-safe.
class ResourceSaver final : SaveRounds {
 public:
  static constexpr int kTries = 12;

  explicit ResourceSaver(Store& store, int tries = kTries) : SaveRounds(store, tries) {}

  // Fails as a whole only with what concerns the store (write_errors.hpp).
  Result<void> save(std::span<ResourceJob> jobs);

 private:
  bool has_ended(std::size_t job) const override { return jobs_[job].outcome.has_value(); }
  bool is_meant(std::size_t job, const Resource& found) const override;
  std::optional<std::string> create(std::size_t job) override;
  std::optional<std::string> merge(std::size_t job, const Resource& existing) override;
  void end_saved(std::size_t job, const Resource& saved, bool created) override;
  void end_failed(std::size_t job, const Error& error) override;
  Error multiple_found(std::size_t count) const override;

  std::span<ResourceJob> jobs_;  // of the save that runs
};

}  // namespace aorta::fhir
