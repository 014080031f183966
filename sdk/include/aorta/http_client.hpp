// Requests to HTTP servers, over the host's client: its TLS, its proxies, its kept connections. For sources and sinks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/http_client.h"
#include "aorta/host.hpp"

namespace aorta {

struct HttpCall {
  std::string url;  // absolute, percent-encoded
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> fields{};  // of the head
  std::optional<std::string> body{};
  std::chrono::milliseconds timeout{30'000};     // until the whole answer is there
  std::uint64_t max_answer_bytes = 16ull << 20;  // of its body, unpacked
};

struct HttpReply {
  unsigned status = 0;  // of any kind: 404 and 503 are answers
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
  // The head's first field of this name, in lower case ("retry-after"); empty: there is none.
  std::string_view field(std::string_view name) const {
    for (const auto& [found, value] : fields) {
      if (found == name) return value;
    }
    return {};
  }
};

// On any thread, several at once; valid as long as the plugin instance.
class HttpClient {
 public:
  // Throws Fatal where the host has no http-client/1.
  explicit HttpClient(Host host) : host_(host), api_(&host.need<aorta_http_client>(AORTA_HTTP_CLIENT_ID)) {}

  // Sends once and waits; nothing where the instance is to come to an end. Throws Reject "http/bad-request", Retry
  // "http/unreachable" (nothing was sent), "http/no-answer" and "http/answer-too-large" (nobody knows).
  std::optional<HttpReply> send(const HttpCall& call) const {
    std::vector<aorta_pair> fields;
    for (const auto& [name, value] : call.fields) fields.push_back({to_abi(name), to_abi(value)});
    aorta_http_call raw{sizeof raw,
                        static_cast<std::uint32_t>(call.timeout.count()),
                        to_abi(call.method),
                        to_abi(call.url),
                        fields.data(),
                        fields.size(),
                        call.body ? to_abi(*call.body) : aorta_str{},
                        call.max_answer_bytes};
    std::optional<HttpReply> reply;
    std::int32_t code = api_->send(host_.raw(), &raw, &reply, &keep);
    if (code != AORTA_OK && code != AORTA_CANCELLED) throw host_.last_failure();
    return reply;
  }

 private:
  static void keep(void* to, const aorta_http_reply* raw) {
    HttpReply& reply = static_cast<std::optional<HttpReply>*>(to)->emplace();
    reply.status = raw->status;
    reply.body = view(raw->body);
    for (std::uint64_t i = 0; i < raw->field_count; ++i)
      reply.fields.emplace_back(view(raw->fields[i].name), view(raw->fields[i].value));
  }

  Host host_;
  const aorta_http_client* api_;
};

}  // namespace aorta
