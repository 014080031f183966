#include "core/fhir/store_query.hpp"

#include <algorithm>

#include "core/base/blank.hpp"
#include "core/document/document.hpp"
#include "core/fhir/observation_rows.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/resource_index.hpp"
#include "core/fhir/sqlite_file.hpp"
#include "core/fhir/sqlite_store.hpp"

namespace aorta::fhir {
namespace {

// Numbers only, so that a text from outside never becomes part of a statement.
std::string in_list(const std::vector<std::int64_t>& numbers) {
  std::string out = "(";
  for (std::int64_t number : numbers) out += (out.size() > 1 ? "," : "") + std::to_string(number);
  return out + ")";
}

// Whether the code that is asked for is that of the system that is.
bool is_of_system(const document::Node& observation, const ObservationQuery& query) {
  const document::Node* concept_ = document::member(observation, "code");
  const document::Node* codings = concept_ ? document::member(*concept_, "coding") : nullptr;
  if (!codings) return false;
  for (document::Child coding : document::Children(*codings)) {
    bool same_code = !query.code || document::string_of(document::member(*coding.node, "code")) == *query.code;
    if (same_code && document::string_of(document::member(*coding.node, "system")) == *query.system) return true;
  }
  return false;
}

Result<std::vector<std::int64_t>> concepts_with(sqlite::Database& db, const std::string& code) {
  std::vector<std::int64_t> out;
  std::string wanted = kCodeSeparator + code + kCodeSeparator;
  AORTA_TRY(statement, db.prepare("SELECT id FROM concept WHERE instr(codes, ?) > 0"));
  sqlite::Rows rows(statement);
  statement.bind(1, wanted);
  for (;;) {
    AORTA_TRY(found, rows.next());
    if (!found) return out;
    out.push_back(statement.integer(0));
  }
}

// If it carries the identifier and is not there yet.
Result<void> add_carrying(std::vector<Resource>& out, const Identifier& identifier, Resource one) {
  document::Document json;
  AORTA_TRY(index, index_resource(json, one));
  bool met = std::any_of(out.begin(), out.end(), [&](const Resource& other) { return other.id == one.id; });
  if (!met && carries(index, identifier)) out.push_back(std::move(one));
  return {};
}

}  // namespace

Result<StoreReader> StoreReader::open(const std::string& path) {
  AORTA_TRY(db, open_store_for_reading(path));
  return StoreReader(std::move(db));
}

Result<void> StoreReader::export_all(const std::function<Result<void>(std::string_view json)>& each) {
  AORTA_TRY(statement, db_.prepare("SELECT json FROM resource ORDER BY type, id"));
  sqlite::Rows rows(statement);
  for (;;) {
    AORTA_TRY(found, rows.next());
    if (!found) return {};
    AORTA_TRY(json, texts_.unpack(statement.text(0)));
    AORTA_CHECK(each(json));
  }
}

Result<void> StoreReader::add_party(std::vector<std::int64_t>& out, const std::string& reference) {
  AORTA_TRY(statement, db_.prepare("SELECT id FROM party WHERE reference = ?"));
  sqlite::Rows rows(statement);
  statement.bind(1, reference);
  AORTA_TRY(found, rows.next());
  if (found) out.push_back(statement.integer(0));
  return {};
}

Result<std::vector<std::int64_t>> StoreReader::parties(std::string_view type, const std::string& text) {
  std::vector<std::int64_t> out;
  std::string prefix = std::string(type) + "/";
  AORTA_CHECK(add_party(out, prefix + text));
  AORTA_TRY(found, search(type, {{}, text}));
  for (const Resource& one : found) AORTA_CHECK(add_party(out, prefix + one.id));
  return out;
}

Result<std::vector<Resource>> StoreReader::search(std::string_view type, const Identifier& identifier) {
  AORTA_TRY(
      statement, db_.prepare("SELECT r.id, r.version, r.json FROM identifier i JOIN resource r ON r.row = i.resource "
                             "WHERE i.key = ? AND r.type = ? ORDER BY r.id")
  );
  sqlite::Rows rows(statement);
  std::string_view value = trim(identifier.value);
  statement.bind(1, identifier_key(type, value)).bind(2, type);
  std::vector<Resource> out;
  for (;;) {
    AORTA_TRY(more, rows.next());
    if (!more) break;
    AORTA_TRY(json, texts_.unpack(statement.text(2)));
    Resource one{std::string(type), std::string(statement.text(0)), std::string(statement.text(1)), std::string(json)};
    AORTA_CHECK(add_carrying(out, identifier, std::move(one)));
  }
  // What this program made stands under the id that its identifier leads to, and may have no row there.
  AORTA_TRY(made, read(type, resource_id(kConnectorSystem, value)));
  if (made) AORTA_CHECK(add_carrying(out, identifier, std::move(*made)));
  return out;
}

Result<std::optional<Resource>> StoreReader::read(std::string_view type, std::string_view id) {
  AORTA_TRY(statement, db_.prepare("SELECT version, json FROM resource WHERE key = ? AND type = ? AND id = ?"));
  sqlite::Rows rows(statement);
  statement.bind(1, resource_key(type, id)).bind(2, type).bind(3, id);
  AORTA_TRY(found, rows.next());
  if (!found) return std::optional<Resource>();
  AORTA_TRY(json, texts_.unpack(statement.text(1)));
  return std::optional(Resource{std::string(type), std::string(id), std::string(statement.text(0)), std::string(json)});
}

Result<std::string> StoreReader::condition_of(const ObservationQuery& query) {
  std::string sql = "type = 'Observation'";
  if (query.patient) {
    AORTA_TRY(numbers, parties("Patient", *query.patient));
    sql += " AND subject IN " + in_list(numbers);
  }
  if (query.device) {
    AORTA_TRY(numbers, parties("Device", *query.device));
    sql += " AND device IN " + in_list(numbers);
  }
  if (query.code) {
    AORTA_TRY(numbers, concepts_with(db_, *query.code));
    sql += " AND concept IN " + in_list(numbers);
  }
  // A period counts when part of it lies within.
  if (query.from) sql += " AND \"end\" >= " + std::to_string(query.from->ticks);
  if (query.until) sql += " AND start < " + std::to_string(query.until->ticks);
  return sql;
}

// Systems have no index: how many of those with the code, the newest first, hold so many of the system.
Result<std::size_t> StoreReader::reach_of_limit(const ObservationQuery& query, const std::string& condition) {
  std::string newest = " ORDER BY start DESC, id DESC";
  AORTA_TRY(statement, db_.prepare("SELECT json FROM resource WHERE " + condition + newest));
  sqlite::Rows rows(statement);
  document::Document json;
  std::size_t reach = 0;
  for (std::size_t held = 0; held < query.limit; ++reach) {
    AORTA_TRY(found, rows.next());
    if (!found) break;
    AORTA_TRY(text, texts_.unpack(statement.text(0)));
    AORTA_CHECK(json.read_value(text, document::kPlainJson));
    if (is_of_system(json.root(), query)) ++held;
  }
  return std::max<std::size_t>(reach, 1);
}

Result<std::string> StoreReader::select(const ObservationQuery& query) {
  AORTA_TRY(condition, condition_of(query));
  std::size_t limit = query.limit;
  if (query.system && limit > 0) {
    AORTA_TRY(reach, reach_of_limit(query, condition));
    limit = reach;
  }
  std::string sql = "SELECT id, version, json, start, \"end\" FROM resource WHERE " + condition;
  sql += " ORDER BY start DESC, id DESC";
  if (limit > 0) sql += " LIMIT " + std::to_string(limit);
  return "SELECT json, start, \"end\", id, version FROM (" + sql + ") ORDER BY start, id";
}

Result<std::vector<Resource>> StoreReader::resources(const ObservationQuery& query) {
  AORTA_TRY(sql, select(query));
  AORTA_TRY(statement, db_.prepare(sql));
  sqlite::Rows rows(statement);
  document::Document json;
  std::vector<Resource> out;
  for (;;) {
    AORTA_TRY(found, rows.next());
    if (!found) return out;
    AORTA_TRY(text, texts_.unpack(statement.text(0)));
    if (query.system) AORTA_CHECK(json.read_value(text, document::kPlainJson));
    if (query.system && !is_of_system(json.root(), query)) continue;
    out.push_back({"Observation", std::string(statement.text(3)), std::string(statement.text(4)), std::string(text)});
  }
}

Result<std::vector<ObservationRow>> StoreReader::observations(const ObservationQuery& query) {
  AORTA_TRY(sql, select(query));
  AORTA_TRY(statement, db_.prepare(sql));
  sqlite::Rows rows(statement);
  document::Document json;
  std::vector<ObservationRow> out;
  for (;;) {
    AORTA_TRY(found, rows.next());
    if (!found) return out;
    AORTA_TRY(text, texts_.unpack(statement.text(0)));
    AORTA_CHECK(json.read_value(text, document::kPlainJson));
    if (query.system && !is_of_system(json.root(), query)) continue;
    for (ObservationRow& row : observation_rows(json.root())) {
      row.start = {statement.integer(1), DateTime::Zone::Utc};
      row.end = {statement.integer(2), DateTime::Zone::Utc};
      AORTA_TRY(patient, name_of(row.patient));
      AORTA_TRY(device, name_of(row.device));
      row.patient = std::move(patient);
      row.device = std::move(device);
      out.push_back(std::move(row));
    }
  }
}

Result<std::string> StoreReader::name_of(const std::string& reference) {
  if (auto known = names_.find(reference); known != names_.end()) return known->second;
  std::size_t slash = reference.find('/');
  if (slash == std::string::npos) return reference;
  std::string id = reference.substr(slash + 1);
  AORTA_TRY(found, read(reference.substr(0, slash), id));
  std::string name = id;
  if (found) {
    document::Document json;
    AORTA_TRY(index, index_resource(json, *found));
    if (!index.identifiers.empty()) name = index.identifiers.front().value;
  }
  names_.emplace(reference, name);
  return name;
}

}  // namespace aorta::fhir
