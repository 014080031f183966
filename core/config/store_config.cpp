#include "core/config/store_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.hpp"
#include "core/config/canonical.hpp"
#include "core/http/url.hpp"

namespace aorta::config {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::array<std::string_view, 3> kIdentityModes{"create", "lookup", "lookup_with_encounter"};
constexpr std::array<std::string_view, 4> kAuthKinds{"none", "basic", "bearer", "oauth2"};

AuthConfig auth_of(const json::object& from) {
  AuthConfig auth;
  auth.kind = enum_of<AuthKind>(kAuthKinds, text_of(from, "type"));
  auth.user = text_of(from, "user");
  auth.password = text_of(from, "password");
  auth.token = text_of(from, "token");
  auth.token_file = text_of(from, "token_file");
  auth.token_url = text_of(from, "token_url");
  auth.client_id = text_of(from, "client_id");
  auth.client_secret = text_of(from, "client_secret");
  auth.scope = text_of(from, "scope");
  auth.audience = text_of(from, "audience");
  auth.resource = text_of(from, "resource");
  auth.secret_in_body = text_of(from, "client_auth") == "body";
  return auth;
}

RestConfig rest_of(const json::object& from) {
  const json::object& tls = from.at("tls").get_object();
  RestConfig rest;
  rest.url = text_of(from, "url");
  rest.auth = auth_of(from.at("auth").get_object());
  rest.tls = {text_of(tls, "ca_file"), text_of(tls, "certificate"), text_of(tls, "key"), text_of(tls, "key_password")};
  rest.bundles = text_of(from, "bundles");
  rest.find_by = text_of(from, "find_by");
  rest.ids = text_of(from, "ids");
  rest.versions = text_of(from, "versions");
  rest.bundle_size = number_of(from, "bundle_size");
  rest.max_requests = number_of(from, "max_requests");
  rest.max_response = number_of(from, "max_response");
  rest.timeout = duration_of(from, "timeout");
  return rest;
}

std::optional<std::chrono::milliseconds> duration_of(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  if (!found) return std::nullopt;
  return std::chrono::milliseconds(found->to_number<std::int64_t>());
}

IdentityConfig identity_of(const json::object& from) {
  const json::object& systems = from.at("systems").get_object();
  const json::object& cache = from.at("cache").get_object();
  IdentityConfig out;
  out.mode = enum_of<IdentityMode>(kIdentityModes, text_of(from, "mode"));
  out.device_system = text_of(systems, "device");
  if (out.device_system.empty()) out.device_system = text_of(from, "default_device_system");
  out.patient_system = text_of(systems, "patient");
  out.encounter_system = text_of(systems, "encounter");
  out.conditional_creates = text_of(from, "creates") == "conditional";
  out.by_names = text_of(cache, "by") == "names";
  out.max_entries = number_of(cache, "max_entries");
  out.max_idle = duration_of(cache, "max_idle").value_or(out.max_idle);
  out.max_age = duration_of(cache, "max_age");
  out.negative_age = duration_of(cache, "negative_age").value_or(out.negative_age);
  return out;
}

std::string_view word(const Value* value) { return value ? std::string_view(value->text) : std::string_view(); }

// One store of the file.
class StoreCheck {
 public:
  StoreCheck(const Value::Member& store, const std::string& file, Diagnostics& problems)
      : store_(store.value), path_("stores." + store.key), file_(file), problems_(problems) {}

  void check() {
    if (word(store_.find("type")) == "rest") {
      check_rest();
    } else {
      need(store_, path_, "path", "the database file");
      for (std::string_view key : kOfRest) refuse(store_, path_, key, "for stores of type rest");
    }
    if (const Value* identity = store_.find("identity")) check_identity(*identity, path_ + ".identity");
  }

 private:
  static constexpr std::array<std::string_view, 11> kOfRest{"url",         "auth",         "tls",         "bundles",
                                                            "bundle_size", "find_by",      "ids",         "versions",
                                                            "timeout",     "max_requests", "max_response"};

  void report(Position at, int width, const std::string& message) {
    problems_.push_back({Severity::Error, message, file_, at, width, {}});
  }
  void report(const Value& at, const std::string& message) { report(at.position, at.width, message); }

  bool need(const Value& in, const std::string& path, std::string_view key, std::string_view what) {
    const Value* found = in.find(key);
    if (found && !found->text.empty()) return true;
    report(found ? *found : in, path + "." + std::string(key) + ": is missing; write " + std::string(what));
    return false;
  }
  void refuse(const Value& in, const std::string& path, std::string_view key, std::string_view why) {
    const Value::Member* found = in.find_member(key);
    if (!found) return;
    report(found->position, found->width, path + "." + std::string(key) + ": is " + std::string(why));
  }

  void check_rest() {
    refuse(store_, path_, "path", "for stores of type sqlite; a server has a url");
    std::optional<http::BaseUrl> server = check_url(store_, path_, "url", "the address of the FHIR service");
    if (const Value* auth = store_.find("auth")) check_auth(*auth, path_ + ".auth", server);
    if (const Value* tls = store_.find("tls")) check_tls(*tls);
    check_finding();
  }

  std::optional<http::BaseUrl> check_url(
      const Value& in, const std::string& path, std::string_view key, std::string_view what
  ) {
    if (!need(in, path, key, what)) return std::nullopt;
    const Value& url = *in.find(key);
    Result<http::BaseUrl> read = http::parse_base_url(url.text);
    if (read.has_value()) return *read;
    report(url, path + "." + std::string(key) + ": " + std::string(read.error().message()));
    return std::nullopt;
  }

  void check_auth(const Value& auth, const std::string& path, const std::optional<http::BaseUrl>& server) {
    std::string_view kind = word(auth.find("type"));
    check_keys(auth, path, kind);
    if (kind == "basic") {
      need(auth, path, "user", "the name we are known by");
      const Value* user = auth.find("user");
      if (user && user->text.find(':') != std::string::npos)
        report(
            *user, path + ".user: has a colon, and in what is sent one ends the name; use a name without (RFC 7617)"
        );
      need(auth, path, "password", "${env:NAME} or ${file:/path}");
    } else if (kind == "bearer") {
      bool one = (auth.find("token") != nullptr) != (auth.find("token_file") != nullptr);
      if (!one) report(auth, path + ": needs either token_file or token");
    } else if (kind == "oauth2") {
      auto tokens = check_url(auth, path, "token_url", "the address that gives tokens");
      need(auth, path, "client_id", "the id we are known by");
      need(auth, path, "client_secret", "${env:NAME} or ${file:/path}");
      if (tokens) check_secrecy(*auth.find("token_url"), path + ".token_url", *tokens);
    }
    if (!kind.empty() && kind != "none" && server) check_secrecy(*store_.find("url"), path_ + ".url", *server);
  }

  void check_keys(const Value& auth, const std::string& path, std::string_view kind) {
    const std::array<std::pair<std::string_view, Words>, 3> kinds{{
        {"basic", {"user", "password"}},
        {"bearer", {"token", "token_file"}},
        {"oauth2", {"token_url", "client_id", "client_secret", "client_auth", "scope", "audience", "resource"}},
    }};
    for (const auto& [owner, keys] : kinds) {
      for (std::string_view key : keys) {
        if (owner != kind) refuse(auth, path, key, "for auth of type " + std::string(owner));
      }
    }
  }

  void check_secrecy(const Value& at, const std::string& path, const http::BaseUrl& server) {
    if (server.secure || server.loopback) return;
    report(at, path + ": would send a secret unencrypted; use https");
  }

  void check_tls(const Value& tls) {
    bool certificate = tls.find("certificate") != nullptr;
    bool key = tls.find("key") != nullptr;
    if (certificate != key) report(tls, path_ + ".tls: certificate and key belong together; write both");
  }

  void check_identity(const Value& identity, const std::string& path) {
    const Value* systems = identity.find("systems");
    if (systems && systems->find("device"))
      refuse(identity, path, "default_device_system", "the same as systems.device; write one of them");
    const Value* creates = identity.find("creates");
    if (word(creates) != "conditional") return;
    std::string_view mode = word(identity.find("mode"));
    if (word(store_.find("type")) != "rest") {
      refuse(identity, path, "creates", "for stores of type rest; an embedded store has one writer");
    } else if (!mode.empty() && mode != "create") {
      refuse(identity, path, "creates", "for identity.mode create");
    } else if (word(store_.find("find_by")) == "id") {
      refuse(identity, path, "creates", "not to be conditional with find_by: id, as the server gives the ids then");
    }
  }

  void check_finding() {
    const Value* find_by = store_.find("find_by");
    if (word(find_by) != "id") return;
    const Value* identity = store_.find("identity");
    std::string_view mode = identity ? word(identity->find("mode")) : std::string_view();
    if (mode == "lookup" || mode == "lookup_with_encounter")
      report(
          *find_by, path_ + ".find_by: id finds only what this program made, and identity.mode is " + std::string(mode)
      );
    if (word(store_.find("ids")) == "server")
      report(*find_by, path_ + ".find_by: id finds nothing where the server gives the ids");
  }

  const Value& store_;
  const std::string path_;
  const std::string& file_;
  Diagnostics& problems_;
};

// A file has one writer: the second store of a file could not be opened.
void check_files(const Value& stores, const std::string& file, Diagnostics& problems) {
  std::map<std::string, std::string> owners;
  for (const Value::Member& store : stores.members) {
    const Value* path = store.value.find("path");
    if (!path || word(store.value.find("type")) == "rest") continue;
    auto [owner, first] = owners.emplace(std::filesystem::path(path->text).lexically_normal().string(), store.key);
    if (first) continue;
    std::string message =
        "stores." + store.key + ".path: is the file of stores." + owner->second + " too; give it another";
    problems.push_back({Severity::Error, message, file, path->position, path->width, {}});
  }
}

}  // namespace

StoreConfig read_store(const std::string& name, std::string_view canonical, Position position) {
  json::value read = json::parse(canonical);
  const json::object& from = read.get_object();
  const json::object& identity = from.at("identity").get_object();
  StoreConfig store;
  store.name = name;
  store.type = text_of(from, "type");
  store.path = text_of(from, "path");
  store.rest = rest_of(from);
  store.identity = identity_of(identity);
  store.position = position;
  return store;
}

void check_stores(const Value& stores, const std::string& file, Diagnostics& problems) {
  for (const Value::Member& store : stores.members) StoreCheck(store, file, problems).check();
  check_files(stores, file, problems);
}

}  // namespace aorta::config
