// The embedded store: current resources, their history and the indexes that searches use, in one SQLite file.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

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
  struct Stored {
    std::int64_t row = 0;
    std::string version;
  };
  // Texts that many resources share, each with its number.
  struct Names {
    sqlite::Statement find, add;
    std::unordered_map<std::string, std::int64_t> known;
  };

  SqliteStore(sqlite::WriterLock lock, sqlite::Database db) : lock_(std::move(lock)), db_(std::move(db)) {}
  Result<void> prepare();
  Result<std::optional<Stored>> find(std::string_view type, std::string_view id);
  Result<void> add_by_row(std::vector<Resource>& out, std::string_view type, const Identifier& identifier);
  Result<void> add_by_id(std::vector<Resource>& out, std::string_view type, const Identifier& identifier);
  Result<Resource> write(const Resource& resource, const Expect& expect);
  Result<void> insert(const Resource& saved, const ResourceIndex& index, std::string_view updated);
  Result<void> update(const Resource& saved, const ResourceIndex& index, std::string_view updated, std::int64_t row);
  Result<void> bind_columns(
      sqlite::Statement& statement, const Resource& saved, const ResourceIndex& index, std::string_view updated
  );
  Result<void> remove_identifiers(const Resource& saved, std::int64_t row);
  Result<void> add_identifiers(const Resource& saved, const ResourceIndex& index, std::int64_t row);
  Result<std::optional<std::int64_t>> number_of(Names& names, const std::string& text);

  sqlite::WriterLock lock_;
  sqlite::Database db_;
  sqlite::Statement find_, read_, search_, text_, insert_, update_, keep_, add_identifier_, remove_identifier_;
  Names parties_, concepts_;
  std::unordered_set<std::string> absent_;  // "Type/id" of what this transaction found missing
  StoredText texts_;
  document::Document json_;
};

// The codes of a resource as one searchable text: each between separators.
std::string joined_codes(const std::vector<std::string>& codes);
inline constexpr char kCodeSeparator = '\x1f';

}  // namespace aorta::fhir
