// Who we are, told to a server. Nothing of it is ever logged.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::http {

// Not thread-safe.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // The value of the Authorization header for a request that is sent now; empty: none. Errors: "auth-unavailable"
  // (retryable), "auth-refused".
  virtual Result<std::string> value() = 0;
  // The server answered 401 to `used`: whether value() may give another one now.
  virtual bool refused(const std::string& used) = 0;
};

// Whether it can stand in a header: visible ASCII, at least one.
bool is_token(std::string_view text);

std::unique_ptr<Authorizer> no_authorization();
std::unique_ptr<Authorizer> basic_authorization(const std::string& user, const std::string& password);
std::unique_ptr<Authorizer> bearer_authorization(std::string token);
// The token is the file's text without white space at its ends; it is read anew when the file was changed.
std::unique_ptr<Authorizer> bearer_file_authorization(std::string path);

}  // namespace aorta::http
