#include "core/fhir/rest/failure.hpp"

#include "core/base/their_words.hpp"
#include "core/fhir/rest/outcome.hpp"

namespace aorta::fhir {

Error server_unavailable(const http::BaseUrl& server, std::string_view what) {
  return Error("store-unavailable", "the server " + server.text + " " + std::string(what), true);
}

Error server_unavailable(const Error& cause) { return Error("store-unavailable", std::string(cause.message()), true); }

Error rejected_by_server(std::string_view what, const RestAnswer& answer) {
  std::string ours = "the server refuses " + std::string(what) + " (status " + std::to_string(answer.status) + ")";
  return Error("store-rejected", with_their_words(std::move(ours), outcome_text(answer.body)));
}

std::string trouble_text(int status) {
  std::string code = " (status " + std::to_string(status) + ")";
  if (is_refusal_of_us(status)) return "refuses us" + code + ": correct the store's auth, or our rights there";
  if (status == 429 || status == 503) return "takes no more for now" + code;
  return "failed" + code;
}

}  // namespace aorta::fhir
