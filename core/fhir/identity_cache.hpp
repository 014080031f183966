// What is known of devices, so that most messages need no search.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/fhir/identities.hpp"
#include "core/fhir/identity_options.hpp"
#include "core/fhir/recently_used.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::fhir {

// Not thread-safe. Letter case counts in all names.
class IdentityCache {
 public:
  using Clock = std::chrono::steady_clock;

  explicit IdentityCache(const IdentityCacheOptions& options);

  // What came of resolving these names before: ids, or that something is not there.
  std::optional<Result<Identities>> find(const mapping::Measurement& of, Clock::time_point now);
  // Of failures only those are kept that say that something is not there.
  void remember(const mapping::Measurement& of, const Result<Identities>& outcome, Clock::time_point now);
  void clear();

 private:
  const bool by_names_;
  const bool keeps_missing_;
  RecentlyUsed<Identities> found_;
  RecentlyUsed<Error> missing_;  // always by all names
};

}  // namespace aorta::fhir
