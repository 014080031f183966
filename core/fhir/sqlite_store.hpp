// The embedded store: current resources, their history and the indexes that searches use, in one SQLite file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/document/document.hpp"
#include "core/fhir/resource_index.hpp"
#include "core/fhir/sqlite_file.hpp"
#include "core/fhir/store.hpp"
#include "core/fhir/stored_text.hpp"
#include "core/sqlite/database.hpp"

namespace aorta::fhir {

struct SqliteOptions {
  std::string path;            // missing folders are created
  std::int64_t max_bytes = 0;  // of the file; 0: no limit but the disk's
};

// One writer per file; readers (store_query.hpp) may look on while it writes. save() outside begin() and commit() is a
// flush of its own.
class SqliteStore : public Store {
 public:
  // Errors: "store-in-use", "store-not-a-database", "store-foreign", "store-unavailable", "store-full",
  // "store-corrupt".
  static Result<std::unique_ptr<SqliteStore>> open(const SqliteOptions& options);
  ~SqliteStore() override;

  Result<std::optional<Resource>> read(std::string_view type, std::string_view id) override;
  Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier) override;
  Result<Resource> save(const Resource& resource, const Expect& expect) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;

 private:
  struct Found {
    std::int64_t row = 0;
    Resource resource;
  };
  // What has to be known of a version that is replaced.
  struct Stored {
    std::int64_t row = 0;
    std::string version;
    std::vector<Identifier> identifiers;
  };
  // Texts that many resources share, each with its number.
  struct Names {
    sqlite::Statement find, add;
    std::unordered_map<std::string, std::int64_t> known;
  };

  SqliteStore(sqlite::WriterLock lock, sqlite::Database db) : lock_(std::move(lock)), db_(std::move(db)) {}
  Result<void> prepare();
  Result<std::optional<Found>> find(std::string_view type, std::string_view id);
  Result<Resource> resource_in(sqlite::Statement& row, std::string_view type, std::string_view id);
  Result<bool> carries_now(const Found& found, const Identifier& identifier);
  Result<std::optional<Stored>> take_stored(std::string_view type, std::string_view id);
  Result<void> add_by_row(std::vector<Resource>& out, std::string_view type, const Identifier& identifier);
  Result<void> add_by_id(std::vector<Resource>& out, std::string_view type, const Identifier& identifier);
  Result<Resource> write(const Resource& resource, const Expect& expect);
  Result<void> insert(const Resource& saved, const ResourceIndex& index, std::string_view updated);
  Result<void> update(
      const Resource& saved, const ResourceIndex& index, std::string_view updated, const Stored& stored
  );
  Result<void> bind_columns(
      sqlite::Statement& statement, const Resource& saved, const ResourceIndex& index, std::string_view updated
  );
  Result<void> remove_identifiers(const Resource& saved, const Stored& stored);
  Result<void> add_identifiers(const Resource& saved, const ResourceIndex& index, std::int64_t row);
  Result<std::optional<std::int64_t>> number_of(Names& names, const std::string& text);

  sqlite::WriterLock lock_;
  sqlite::Database db_;
  sqlite::Statement find_, search_, insert_, update_, keep_, add_identifier_, remove_identifier_;
  Names parties_, concepts_;
  // By "Type/id": what this transaction has looked for and not written since; nullopt: it is not there.
  std::unordered_map<std::string, std::optional<Stored>> known_;
  StoredText texts_;
  document::Document json_;
};

// The codes of a resource as one searchable text: each between separators.
std::string joined_codes(const std::vector<std::string>& codes);
inline constexpr char kCodeSeparator = '\x1f';

}  // namespace aorta::fhir
