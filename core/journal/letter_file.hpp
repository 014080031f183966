// The file of dead letters: whose it is, and its layout.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/sqlite/owned_file.hpp"

namespace aorta::journal {

// For writing, durable at each commit; makes what is missing. Errors as DeadLetters.
Result<sqlite::Database> open_letter_file(const std::string& path);
Result<sqlite::Database> read_letter_file(const std::string& path);

}  // namespace aorta::journal
