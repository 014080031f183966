#include "core/http/authorizer.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"

namespace aorta::http {
namespace {

constexpr std::size_t kMostTokenBytes = 64 * 1024;

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
  explicit BearerFile(std::string path) : path_(std::move(path)) {}

  Result<std::string> value() override {
    std::error_code fault;
    std::filesystem::file_time_type changed = std::filesystem::last_write_time(path_, fault);
    if (!fault && !value_.empty() && changed == changed_) return value_;
    AORTA_TRY(token, read());
    changed_ = changed;
    value_ = "Bearer " + token;
    return value_;
  }

  // Two changes within one tick of the file system's clock look like one.
  bool refused(const std::string& used) override {
    value_.clear();
    Result<std::string> now = value();
    return now.has_value() && *now != used;
  }

 private:
  Result<std::string> read() const {
    std::ifstream in(path_, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in || text.size() > kMostTokenBytes)
      return Error("auth-unavailable", path_ + ": the token cannot be read; correct auth.token_file", true);
    std::string token(without_blanks(text));
    if (is_token(token)) return token;
    return Error("auth-unavailable", path_ + ": holds no token; write one there, on one line", true);
  }

  std::string path_;
  std::string value_;
  std::filesystem::file_time_type changed_{};
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
