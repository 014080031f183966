#include "core/http/oauth2.hpp"

#include <algorithm>
#include <charconv>

#include "core/document/document.hpp"

namespace aorta::http {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kDefaultLife{300};  // where the server does not say
constexpr seconds kEarliest{60};

// An error code of RFC 6749, which cannot hold anything secret; else nothing.
std::string code_of(const std::string& body) {
  document::Document json;
  if (json.read_value(body, document::kPlainJson).has_error()) return {};
  std::string code(document::string_of(document::member(json.root(), "error")));
  bool plain = code.size() <= 60 && std::all_of(code.begin(), code.end(), [](char c) {
                 return (c >= 'a' && c <= 'z') || c == '_' || c == '-';
               });
  return plain ? code : std::string();
}

// Some write the number as a text, some with a fraction.
seconds life_of(const document::Node& node) {
  bool given = node.is_number() || node.kind == document::Kind::String;
  std::string_view text = given ? node.text() : std::string_view();
  std::int64_t whole = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), whole);
  bool known = fault == std::errc() && (end == text.data() + text.size() || *end == '.') && whole > 0;
  return known ? seconds(std::min<std::int64_t>(whole, 86'400)) : kDefaultLife;
}

class ClientCredentials : public Authorizer {
 public:
  explicit ClientCredentials(OAuth2Options options)
      : options_(std::move(options)), client_(options_.token_url, options_.client, identify()) {}

  Result<std::string> value() override {
    if (!value_.empty() && Clock::now() < renew_at_) return value_;
    Result<void> renewed = renew();
    // The old one is good until its very end.
    if (renewed.has_error() && (value_.empty() || Clock::now() >= ends_at_)) return renewed.error();
    return value_;
  }

  bool refused(const std::string& used) override {
    if (value_ == used) value_.clear();
    Result<std::string> now = value();
    return now.has_value() && *now != used;
  }

 private:
  std::unique_ptr<Authorizer> identify() const {
    if (options_.secret_in_body) return no_authorization();
    return basic_authorization(percent_encode(options_.client_id), percent_encode(options_.client_secret));
  }

  static void add(std::string& form, std::string_view name, const std::string& value) {
    if (value.empty()) return;
    form += '&';
    form += name;
    form += '=';
    append_percent_encoded(form, value);
  }

  std::string form() const {
    std::string out = "grant_type=client_credentials";
    add(out, "scope", options_.scope);
    add(out, "audience", options_.audience);
    add(out, "resource", options_.resource);
    if (options_.secret_in_body) {
      add(out, "client_id", options_.client_id);
      add(out, "client_secret", options_.client_secret);
    }
    return out;
  }

  Result<void> renew() {
    std::string body = form();
    Request request{
        .method = Method::Post,
        .url = options_.token_url.text,
        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
        .body = body,
        .safe = true};
    Result<Response> answer = client_.send(request);
    if (answer.has_error())
      return Error("auth-unavailable", "no token: " + std::string(answer.error().message()), true);
    if (answer->status != 200) return refusal(*answer);
    return take(*answer);
  }

  Error refusal(const Response& answer) const {
    std::string code = code_of(answer.body);
    return Error(
        "auth-refused",
        "the token server " + options_.token_url.text + " gave none (status " + std::to_string(answer.status) +
            (code.empty() ? "" : ", \"" + code + "\"") + "): correct auth",
        true
    );
  }

  Result<void> take(const Response& answer) {
    document::Document json;
    bool read = json.read_value(answer.body, document::kPlainJson).has_value();
    std::string_view token = read ? document::string_of(document::member(json.root(), "access_token")) : "";
    if (!is_token(token)) {
      return Error(
          "auth-unavailable", "the token server " + options_.token_url.text + " answered without an access_token", true
      );
    }
    const document::Node* life = document::member(json.root(), "expires_in");
    seconds lasts = life ? life_of(*life) : kDefaultLife;
    value_ = "Bearer " + std::string(token);
    ends_at_ = Clock::now() + lasts;
    renew_at_ = ends_at_ - std::min<milliseconds>(kEarliest, milliseconds(lasts) / 10);
    return {};
  }

  const OAuth2Options options_;
  Client client_;
  std::string value_;
  Clock::time_point renew_at_{}, ends_at_{};
};

}  // namespace

std::unique_ptr<Authorizer> oauth2_authorization(OAuth2Options options) {
  return std::make_unique<ClientCredentials>(std::move(options));
}

}  // namespace aorta::http
