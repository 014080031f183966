// The one HTTP client: many requests at once over few connections, as fast as the server bears.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/patience.hpp"
#include "core/base/result.hpp"
#include "core/http/authorizer.hpp"
#include "core/http/message.hpp"
#include "core/http/url.hpp"

namespace aorta::http {

// Reasons that say that nobody knows whether the server acted.
inline constexpr std::string_view kNoAnswer = "no-answer";
inline constexpr std::string_view kOtherOrigin = "other-origin";
inline constexpr std::string_view kAnswerTooLarge = "answer-too-large";

struct TlsOptions {
  std::string ca_file;      // of PEM certificates; empty: those of the system
  std::string certificate;  // of this client, PEM; empty: none
  std::string key;          // its private key, PEM
  std::string key_password;
};

struct ClientOptions {
  std::chrono::milliseconds timeout{30'000};  // for one answer, whole
  std::chrono::milliseconds connect_timeout{10'000};
  // A server that asks to be left alone for longer fails the request; until then nothing more is sent to it.
  std::chrono::milliseconds longest_wait{10'000};
  std::size_t max_response_bytes = 64 * 1024 * 1024;   // decompressed
  unsigned max_requests = 8;                           // on their way at once
  int tries = 5;                                       // of one request that is refused for now (429, 503)
  std::shared_ptr<const Patience> patience = nullptr;  // once it is over nothing is sent twice; nullptr: it never is
  TlsOptions tls = {};
  bool use_proxy = true;  // of the environment; never for a server on this very machine
};

// Keep-alive, HTTP/2 over TLS where the server offers it, gzip, TLS verified. Sends to one origin only: redirects
// elsewhere are refused, so that nothing of ours is told to anybody else. Not thread-safe. Errors, all of them
// retryable but those marked:
//   "unreachable"  nothing was sent
//   "no-answer"    nobody knows whether the server acted
//   "throttled"    the server asks to be left alone (429, 503), for longer than is waited here
//   "answer-too-large"  nobody knows whether the server acted
//   "auth-unavailable", "auth-refused"
//   "bad-redirect", "other-origin"  not retryable
class Client {
 public:
  // How many requests were sent and how often the server refused one for now.
  struct Counts {
    std::uint64_t requests = 0, refused = 0, unanswered = 0;
  };

  Client(BaseUrl base, ClientOptions options, std::unique_ptr<Authorizer> authorizer);
  ~Client();

  // All of them, several at once; an answer for each, in order. Any status but 429 and 503 is an answer; 401 is one
  // once a fresh token did not help.
  std::vector<Result<Response>> send_all(std::span<const Request> requests);
  Result<Response> send(const Request& request);

  const BaseUrl& base() const;
  const Counts& counts() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace aorta::http
