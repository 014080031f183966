// How long a server asks to be left alone.
#pragma once

#include <chrono>
#include <optional>

#include "core/http/message.hpp"

namespace aorta::http {

// From x-ms-retry-after-ms, or Retry-After in seconds or as an HTTP date (counted from the server's own Date where it
// gives one, else from `now`). Nothing: it does not say, or not in a way that can be read. Never negative, at most a
// day.
std::optional<std::chrono::milliseconds> retry_after(
    const Response& response, std::chrono::system_clock::time_point now
);

}  // namespace aorta::http
