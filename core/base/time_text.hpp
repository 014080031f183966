// Texts of times for those who have the memory already.
#pragma once

#include "core/base/time.hpp"

namespace aorta {

// As round_trip_text(): writes at most kMaxIsoText bytes and gives the end.
char* write_round_trip_text(DateTime time, char* out);

}  // namespace aorta
