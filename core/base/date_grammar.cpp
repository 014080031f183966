#include "core/base/time.hpp"

namespace aorta {

std::optional<DateTime> parse_date_text(std::string_view text) {
  DetectedDate found = detect_date(text);
  if (!found.date) return std::nullopt;
  if (found.date->zone == DateTime::Zone::Utc) found.date->zone = DateTime::Zone::Local;
  return found.date;
}

}  // namespace aorta
