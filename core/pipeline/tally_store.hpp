// A store that counts what passes through it, for the summary of a run.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/fhir/store.hpp"

namespace aorta::pipeline {

struct TypeTally {
  std::uint64_t met = 0;      // distinct ones that this run wrote or met
  std::uint64_t created = 0;  // of them
  std::uint64_t changed = 0;  // writes to what was there
};

struct Tally {
  std::map<std::string, TypeTally, std::less<>> types;  // by resource type
  bool capped = false;                                  // more distinct ones than are worth remembering

  TypeTally of(std::string_view type) const;
  void add(const Tally& other);
};

// Passes everything on. What a rollback takes back is not counted.
class TallyStore : public fhir::Store {
 public:
  explicit TallyStore(std::unique_ptr<fhir::Store> store) : store_(std::move(store)) {}

  Result<std::optional<fhir::Resource>> read(std::string_view type, std::string_view id) override;
  Result<std::vector<fhir::Resource>> search(std::string_view type, const fhir::Identifier& identifier) override;
  Result<fhir::Resource> save(const fhir::Resource& resource, const fhir::Expect& expect) override;
  std::vector<Result<std::vector<fhir::Resource>>> search_all(std::span<const fhir::Query> queries) override;
  std::vector<Result<fhir::Resource>> save_all(std::span<const fhir::Save> saves) override;
  Result<void> begin() override;
  Result<void> commit() override { return store_->commit(); }
  void rollback() override;

  // [any]
  Tally tally() const;

 private:
  void count(const fhir::Save& save, const Result<fhir::Resource>& saved);
  void meet(std::string_view type, std::string_view id);

  std::unique_ptr<fhir::Store> store_;
  mutable std::mutex mutex_;
  std::unordered_set<std::size_t> met_;       // hashes of type and id
  std::vector<std::size_t> met_since_begin_;  // those that a rollback forgets
  Tally tally_;
  Tally at_begin_;
};

}  // namespace aorta::pipeline
