// OAuth 2.0 client credentials (RFC 6749, section 4.4).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/http/client.hpp"

namespace aorta::http {

struct OAuth2Options {
  BaseUrl token_url;
  std::string client_id;
  std::string client_secret;
  std::string scope;               // empty: not sent, as are the next two
  std::string audience, resource;  // what some servers ask for beside the scope
  bool secret_in_body = false;     // else as HTTP basic authentication
  ClientOptions client = {};
};

// Keeps a token until shortly before its end (a tenth of its life, at most a minute), asks for one at a time, and for
// another one when the server refuses it. Errors: "auth-unavailable" (retryable), "auth-refused" (retryable too: the
// store is away until somebody corrects it).
std::unique_ptr<Authorizer> oauth2_authorization(OAuth2Options options);

}  // namespace aorta::http
