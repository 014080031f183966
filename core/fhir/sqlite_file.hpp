// The file of an embedded store: its layout and the keys of its indexes.
#pragma once

#include <string>

#include "core/sqlite/owned_file.hpp"

namespace aorta::fhir {

// As sqlite::check_file.
Result<void> check_store_file(const std::string& path);

// Errors as sqlite::open_for_writing, reasons "store-…". `max_bytes` 0: no limit but the disk's.
Result<sqlite::Database> open_store_for_writing(const std::string& path, std::int64_t max_bytes);
Result<sqlite::Database> open_store_for_reading(const std::string& path);

// The key of the index by type and id.
std::int64_t resource_key(std::string_view type, std::string_view id);
// The key of the index by identifier, whatever its system. Not in that index: an identifier of the connector's system
// that leads to the resource's own id (resource_id.hpp).
std::int64_t identifier_key(std::string_view type, std::string_view value);

}  // namespace aorta::fhir
