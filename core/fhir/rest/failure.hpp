// A server's refusals as errors of a store.
#pragma once

#include <string>
#include <string_view>

#include "core/fhir/rest/exchange.hpp"

namespace aorta::fhir {

// The server as a whole: "store-unavailable", retryable, with nothing in it that a device sent.
Error server_unavailable(const http::BaseUrl& server, std::string_view what);
Error server_unavailable(const Error& cause);
// One resource: "store-rejected", with what the server said (core/base/their_words.hpp).
Error rejected_by_server(std::string_view what, const RestAnswer& answer);

// Success, and no error told in its place.
inline bool is_success(int status) { return status >= 200 && status < 300; }
inline bool is_gone(int status) { return status == 404 || status == 410; }
inline bool is_refusal_of_us(int status) { return status == 401 || status == 403; }
// Says nothing of what was asked: another try may fare better.
inline bool is_passing(int status) { return status == 408 || status == 429 || status >= 500; }
// Says that this very request can never be granted.
inline bool is_final(int status) {
  return status == 400 || status == 413 || status == 414 || status == 415 || status == 422;
}

// "refuses us (status 401): correct auth", "failed (status 500)": completes "the server URL …".
std::string trouble_text(int status);

}  // namespace aorta::fhir
