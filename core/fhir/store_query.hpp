// Looking into an embedded store, also while a run writes it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/fhir/store.hpp"
#include "core/fhir/stored_text.hpp"
#include "core/sqlite/database.hpp"

namespace aorta::fhir {

// What a person asks for; all that is given must hold.
struct ObservationQuery {
  std::optional<std::string> patient;  // a FHIR id or an identifier value
  std::optional<std::string> device;   // the same
  std::optional<std::string> code;     // of one of the Observation's codings
  std::optional<std::string> system;   // of the coding with that code; empty: it has none
  std::optional<DateTime> from;        // effective at or after
  std::optional<DateTime> until;       // effective before
  std::size_t limit = 100;             // the newest so many Observations; 0: all
};

// How the samples of a SampledData become values: token × factor + origin, one each `period_ms`.
struct Sampling {
  double period_ms = 0;
  double factor = 1;
  double origin = 0;
};

// One value: an Observation with components gives a row for each.
struct ObservationRow {
  DateTime start, end;
  std::string patient, device;  // an identifier value, or the id where there is none
  std::string code;             // of the Observation or the component: "8867-4", else what it is called
  std::string name;             // what that code is called
  std::string value;            // digits as stored; the samples of a SampledData
  std::string unit;
  std::string status;
  std::string id;
  std::optional<Sampling> sampling;  // of a SampledData
};

// Read-only; not thread-safe. Errors: "store-missing", "store-not-a-database", "store-foreign", "store-unavailable",
// "store-corrupt".
class StoreReader {
 public:
  static Result<StoreReader> open(const std::string& path);

  // All current resources as JSON text, ordered by type and id. `each` ends it by an error.
  Result<void> export_all(const std::function<Result<void>(std::string_view json)>& each);
  // Ordered by time, then id.
  Result<std::vector<ObservationRow>> observations(const ObservationQuery& query);
  // The same Observations as they are stored.
  Result<std::vector<Resource>> resources(const ObservationQuery& query);

  // As Store has them.
  Result<std::optional<Resource>> read(std::string_view type, std::string_view id);
  Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier);

 private:
  explicit StoreReader(sqlite::Database db) : db_(std::move(db)) {}
  // The numbers of the parties ("Patient/…") that a text means: by id and by identifier.
  Result<std::vector<std::int64_t>> parties(std::string_view type, const std::string& text);
  Result<void> add_party(std::vector<std::int64_t>& out, const std::string& reference);
  Result<std::string> select(const ObservationQuery& query);
  Result<std::string> condition_of(const ObservationQuery& query);
  Result<std::size_t> reach_of_limit(const ObservationQuery& query, const std::string& condition);
  Result<std::string> name_of(const std::string& reference);

  sqlite::Database db_;
  StoredText texts_;
  std::unordered_map<std::string, std::string> names_;  // of references already shown
};

}  // namespace aorta::fhir
