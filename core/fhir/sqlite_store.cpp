#include "core/fhir/sqlite_store.hpp"

#include <algorithm>

#include "core/base/blank.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/store_rules.hpp"

namespace aorta::fhir {
namespace {

constexpr std::size_t kKnownNames = 100'000;

std::optional<std::int64_t> ticks(const std::optional<DateTime>& time) {
  return time ? std::optional(time->ticks) : std::nullopt;
}

std::string place_of(std::string_view type, std::string_view id) {
  std::string out(type);
  return out.append(1, '/').append(id);
}

// Whether a resource is found by this identifier without a row in `identifier`.
bool leads_to(const Identifier& identifier, std::string_view id) {
  return identifier.system == kConnectorSystem && resource_id(identifier) == id;
}

}  // namespace

std::string joined_codes(const std::vector<std::string>& codes) {
  std::string out;
  for (const std::string& code : codes) {
    out += kCodeSeparator;
    out += code;
  }
  if (!out.empty()) out += kCodeSeparator;
  return out;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteOptions& options) {
  AORTA_CHECK(check_store_file(options.path));
  AORTA_TRY(lock, sqlite::WriterLock::take(options.path));
  AORTA_TRY(db, open_store_for_writing(options.path, options.max_bytes));
  std::unique_ptr<SqliteStore> out(new SqliteStore(std::move(lock), std::move(db)));
  AORTA_CHECK(out->prepare());
  return out;
}

SqliteStore::~SqliteStore() { rollback(); }

Result<void> SqliteStore::prepare() {
  struct Wanted {
    sqlite::Statement* statement;
    std::string_view sql;
  };
  const Wanted wanted[] = {
      {&find_, "SELECT row, version, json FROM resource WHERE key = ? AND type = ? AND id = ?"},
      {&search_,
       "SELECT r.row, r.version, r.json, r.id FROM identifier i JOIN resource r ON r.row = i.resource WHERE i.key = ? "
       "AND "
       "r.type = ?"},
      {&insert_,
       "INSERT INTO resource (key, type, id, version, updated, json, subject, device, concept, start, \"end\") VALUES "
       "(?,?,?,?,?,?,?,?,?,?,?)"},
      {&update_,
       "UPDATE resource SET key = ?, type = ?, id = ?, version = ?, updated = ?, json = ?, subject = ?, device = ?, "
       "concept = ?, start = ?, "
       "\"end\" = ? WHERE row = ?"},
      {&keep_, "INSERT INTO history SELECT row, version, updated, json FROM resource WHERE row = ?"},
      {&add_identifier_, "INSERT OR IGNORE INTO identifier (key, resource) VALUES (?, ?)"},
      {&remove_identifier_, "DELETE FROM identifier WHERE key = ? AND resource = ?"},
      {&parties_.find, "SELECT id FROM party WHERE reference = ?"},
      {&parties_.add, "INSERT INTO party (reference) VALUES (?)"},
      {&concepts_.find, "SELECT id FROM concept WHERE codes = ?"},
      {&concepts_.add, "INSERT INTO concept (codes) VALUES (?)"},
  };
  for (const Wanted& one : wanted) {
    AORTA_TRY(statement, db_.prepare(one.sql));
    *one.statement = std::move(statement);
  }
  return {};
}

Result<std::optional<SqliteStore::Found>> SqliteStore::find(std::string_view type, std::string_view id) {
  sqlite::Rows rows(find_);
  find_.bind(1, resource_key(type, id)).bind(2, type).bind(3, id);
  AORTA_TRY(found, rows.next());
  if (!found) return std::optional<Found>();
  AORTA_TRY(resource, resource_in(find_, type, id));
  return std::optional(Found{find_.integer(0), std::move(resource)});
}

// Of a row's columns: its number, version and text.
Result<Resource> SqliteStore::resource_in(sqlite::Statement& row, std::string_view type, std::string_view id) {
  AORTA_TRY(json, texts_.unpack(row.text(2)));
  return Resource{std::string(type), std::string(id), std::to_string(row.integer(1)), std::string(json)};
}

Result<std::optional<Resource>> SqliteStore::read(std::string_view type, std::string_view id) {
  AORTA_TRY(found, find(type, id));
  return found ? std::optional(std::move(found->resource)) : std::nullopt;
}

Result<std::vector<Resource>> SqliteStore::search(std::string_view type, const Identifier& identifier) {
  std::vector<Resource> out;
  AORTA_CHECK(add_by_row(out, type, identifier));
  AORTA_CHECK(add_by_id(out, type, identifier));
  if (out.size() > 1)
    std::sort(out.begin(), out.end(), [](const Resource& a, const Resource& b) { return a.id < b.id; });
  return out;
}

Result<void> SqliteStore::add_by_row(std::vector<Resource>& out, std::string_view type, const Identifier& identifier) {
  sqlite::Rows rows(search_);
  search_.bind(1, identifier_key(type, trim(identifier.value))).bind(2, type);
  for (;;) {
    AORTA_TRY(found, rows.next());
    if (!found) return {};
    AORTA_TRY(resource, resource_in(search_, type, search_.text(3)));
    Found there{search_.integer(0), std::move(resource)};
    AORTA_TRY(carried, carries_now(there, identifier));
    if (carried) out.push_back(std::move(there.resource));
  }
}

// The one that has no row of its own (sqlite_file.hpp).
Result<void> SqliteStore::add_by_id(std::vector<Resource>& out, std::string_view type, const Identifier& identifier) {
  if (!identifier.system.empty() && identifier.system != kConnectorSystem) return {};
  std::string id = resource_id(kConnectorSystem, trim(identifier.value));
  AORTA_TRY(there, find(type, id));
  if (!there) {
    if (db_.in_transaction()) known_.insert_or_assign(place_of(type, id), std::nullopt);
    return {};
  }
  AORTA_TRY(carried, carries_now(*there, identifier));
  bool met = std::any_of(out.begin(), out.end(), [&](const Resource& other) { return other.id == id; });
  if (!met && carried) out.push_back(std::move(there->resource));
  return {};
}

// What is found in a transaction is mostly replaced in it.
Result<bool> SqliteStore::carries_now(const Found& found, const Identifier& identifier) {
  AORTA_TRY(index, index_resource(json_, found.resource));
  bool carried = carries(index, identifier);
  if (carried && db_.in_transaction())
    known_.insert_or_assign(
        place_of(found.resource.type, found.resource.id),
        Stored{found.row, found.resource.version, std::move(index.identifiers)}
    );
  return carried;
}

Result<Resource> SqliteStore::save(const Resource& resource, const Expect& expect) {
  if (db_.in_transaction()) return write(resource, expect);
  AORTA_CHECK(begin());
  Result<Resource> saved = write(resource, expect);
  if (saved.has_error()) {
    rollback();
    return saved;
  }
  AORTA_CHECK(commit());
  return saved;
}

Result<std::optional<SqliteStore::Stored>> SqliteStore::take_stored(std::string_view type, std::string_view id) {
  if (auto known = known_.extract(place_of(type, id))) return std::move(known.mapped());
  AORTA_TRY(there, find(type, id));
  if (!there) return std::optional<Stored>();
  AORTA_TRY(index, index_resource(json_, there->resource));
  return std::optional(Stored{there->row, std::move(there->resource.version), std::move(index.identifiers)});
}

Result<Resource> SqliteStore::write(const Resource& resource, const Expect& expect) {
  AORTA_TRY(stored, take_stored(resource.type, resource.id));
  AORTA_TRY(index, index_resource(json_, resource));
  std::string_view current = stored ? std::string_view(stored->version) : std::string_view();
  AORTA_CHECK(check_expected(resource, expect, current));
  std::string updated = iso_text(utc_now());
  Resource saved{resource.type, resource.id, next_version(current), {}};
  saved.json = with_meta(json_.root(), saved.version, updated);
  if (stored) {
    AORTA_CHECK(update(saved, index, updated, *stored));
  } else {
    AORTA_CHECK(insert(saved, index, updated));
  }
  return saved;
}

Result<void> SqliteStore::bind_columns(
    sqlite::Statement& statement, const Resource& saved, const ResourceIndex& index, std::string_view updated
) {
  AORTA_TRY(subject, number_of(parties_, index.subject));
  AORTA_TRY(device, number_of(parties_, index.device));
  AORTA_TRY(concept_, number_of(concepts_, joined_codes(index.codes)));
  statement.bind(1, resource_key(saved.type, saved.id)).bind(2, saved.type).bind(3, saved.id);
  statement.bind(4, std::stoll(saved.version)).bind(5, updated);
  texts_.bind(statement, 6, saved.json);
  statement.bind(7, subject).bind(8, device).bind(9, concept_).bind(10, ticks(index.start)).bind(11, ticks(index.end));
  return {};
}

Result<void> SqliteStore::insert(const Resource& saved, const ResourceIndex& index, std::string_view updated) {
  AORTA_CHECK(bind_columns(insert_, saved, index, updated));
  AORTA_CHECK(insert_.run());
  return add_identifiers(saved, index, db_.last_row());
}

Result<void> SqliteStore::update(
    const Resource& saved, const ResourceIndex& index, std::string_view updated, const Stored& stored
) {
  AORTA_CHECK(keep_.bind(1, stored.row).run());
  AORTA_CHECK(bind_columns(update_, saved, index, updated));
  AORTA_CHECK(remove_identifiers(saved, stored));
  AORTA_CHECK(update_.bind(12, stored.row).run());
  return add_identifiers(saved, index, stored.row);
}

// Those of the version that is stored.
Result<void> SqliteStore::remove_identifiers(const Resource& saved, const Stored& stored) {
  for (const Identifier& identifier : stored.identifiers)
    AORTA_CHECK(remove_identifier_.bind(1, identifier_key(saved.type, identifier.value)).bind(2, stored.row).run());
  return {};
}

Result<void> SqliteStore::add_identifiers(const Resource& saved, const ResourceIndex& index, std::int64_t row) {
  for (const Identifier& identifier : index.identifiers) {
    if (leads_to(identifier, saved.id)) continue;
    AORTA_CHECK(add_identifier_.bind(1, identifier_key(saved.type, identifier.value)).bind(2, row).run());
  }
  return {};
}

Result<std::optional<std::int64_t>> SqliteStore::number_of(Names& names, const std::string& text) {
  if (text.empty()) return std::optional<std::int64_t>();
  if (auto known = names.known.find(text); known != names.known.end()) return std::optional(known->second);
  std::int64_t number = 0;
  {
    sqlite::Rows rows(names.find);
    names.find.bind(1, text);
    AORTA_TRY(found, rows.next());
    if (found) number = names.find.integer(0);
  }
  if (number == 0) {
    AORTA_CHECK(names.add.bind(1, text).run());
    number = db_.last_row();
  }
  if (names.known.size() >= kKnownNames) names.known.clear();
  names.known.emplace(text, number);
  return std::optional(number);
}

Result<void> SqliteStore::begin() {
  known_.clear();
  return db_.run("BEGIN IMMEDIATE");
}

Result<void> SqliteStore::commit() {
  known_.clear();
  Result<void> done = db_.run("COMMIT");
  if (done.has_error()) rollback();
  return done;
}

void SqliteStore::rollback() {
  // A full disk may have ended the transaction already. The numbers given in it are void.
  if (db_.in_transaction()) static_cast<void>(db_.run("ROLLBACK"));
  known_.clear();
  parties_.known.clear();
  concepts_.known.clear();
}

}  // namespace aorta::fhir
