// A normalized event as the old service put it on its hub: read with its reader's leniency (FHIR-mapping spec 0.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::conform {

// What an event may lack, and a Measurement cannot say.
struct Event {
  mapping::Measurement measurement;
  bool has_type = false;
  bool has_device = false;
  bool has_values = true;
  std::vector<std::size_t> nameless;  // properties without a name
};

Result<Event> read_event(std::string_view text);
// Also ISO text with an offset, which becomes Local, and /Date(ms)/.
std::optional<DateTime> read_time(std::string_view text);

}  // namespace aorta::conform
