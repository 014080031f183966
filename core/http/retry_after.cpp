#include "core/http/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>

namespace aorta::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::system_clock;
constexpr milliseconds kLongest = std::chrono::hours(24);

milliseconds bounded(milliseconds wait) { return std::clamp(wait, milliseconds(0), kLongest); }

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t out = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return std::min<std::int64_t>(out, kLongest.count());
}

std::optional<Clock::time_point> http_date(std::string_view text) {
  // Only what begins with a day's name: curl_getdate() takes much for a date.
  if (text.empty() || ascii_lower(text.front()) < 'a' || ascii_lower(text.front()) > 'z') return std::nullopt;
  std::time_t seconds_since_epoch = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds_since_epoch < 0) return std::nullopt;
  return Clock::from_time_t(seconds_since_epoch);
}

}  // namespace

std::optional<milliseconds> retry_after(const Response& response, Clock::time_point now) {
  if (auto exact = whole_number(response.header("x-ms-retry-after-ms"))) return bounded(milliseconds(*exact));
  std::string_view text = response.header("retry-after");
  if (auto relative = whole_number(text)) return bounded(seconds(*relative));
  std::optional<Clock::time_point> until = http_date(text);
  if (!until) return std::nullopt;
  Clock::time_point since = http_date(response.header("date")).value_or(now);
  return bounded(std::chrono::ceil<milliseconds>(*until - since));
}

}  // namespace aorta::http
