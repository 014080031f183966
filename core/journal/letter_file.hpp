// The file of dead letters: whose it is, and its layout.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/fhir/sqlite_db.hpp"

namespace aorta::journal {

// For writing, durable at each commit; makes what is missing. Errors as DeadLetters.
Result<fhir::Database> open_letter_file(const std::string& path);
Result<fhir::Database> read_letter_file(const std::string& path);

}  // namespace aorta::journal
