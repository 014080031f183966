#include "core/http/authorizer.hpp"

#include <algorithm>

#include "core/base/base64.hpp"
#include "core/base/secret_file.hpp"
#include "core/base/text.hpp"

namespace aorta::http {
namespace {

// One that stays as it is.
class Fixed : public Authorizer {
 public:
  explicit Fixed(std::string value) : value_(std::move(value)) {}
  Result<std::string> value() override { return value_; }
  bool refused(const std::string&) override { return false; }

 private:
  std::string value_;
};

class BearerFile : public Authorizer {
 public:
  explicit BearerFile(std::string path) : file_(std::move(path)) {}

  Result<std::string> value() override {
    Result<std::string_view> text = file_.text();
    if (text.has_error()) return unavailable(": the token cannot be read; correct auth.token_file");
    std::string_view token = without_blanks(*text);
    if (!is_token(token)) return unavailable(": holds no token; write one there, on one line");
    return "Bearer " + std::string(token);
  }

  bool refused(const std::string& used) override {
    file_.forget();
    Result<std::string> now = value();
    return now.has_value() && *now != used;
  }

 private:
  Error unavailable(std::string_view what) const {
    return Error("auth-unavailable", file_.path() + std::string(what), true);
  }

  SecretFile file_;
};

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::unique_ptr<Authorizer> no_authorization() { return std::make_unique<Fixed>(std::string()); }

std::unique_ptr<Authorizer> basic_authorization(const std::string& user, const std::string& password) {
  return std::make_unique<Fixed>("Basic " + base64(user + ":" + password));
}

std::unique_ptr<Authorizer> bearer_authorization(std::string token) {
  return std::make_unique<Fixed>("Bearer " + std::move(token));
}

std::unique_ptr<Authorizer> bearer_file_authorization(std::string path) {
  return std::make_unique<BearerFile>(std::move(path));
}

}  // namespace aorta::http
