// How the failures that end a record in the dead letters are worded.
#pragma once

#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

// What failed in `stage`: its reason is "stage/reason", unless it names its stage already. `where`: of a Failure.
Failure failure_of(std::string_view stage, const Error& error, std::string_view where);
// Of a record with more bytes than limits.max_record_bytes allows.
Failure too_long(const plugin::Record& record, std::uint64_t allowed);

}  // namespace aorta::pipeline
