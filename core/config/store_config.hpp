// Where FHIR resources live: the `stores` of a pipeline file.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/diagnostic.hpp"
#include "core/config/value.hpp"

namespace aorta::config {

enum class IdentityMode : std::uint8_t { Create, Lookup, LookupWithEncounter };
enum class AuthKind : std::uint8_t { None, Basic, Bearer, OAuth2 };

struct AuthConfig {
  AuthKind kind = AuthKind::None;
  std::string user, password;                                                  // Basic
  std::string token, token_file;                                               // Bearer: one of them
  std::string token_url, client_id, client_secret, scope, audience, resource;  // OAuth2
  bool secret_in_body = false;
};

struct TlsConfig {
  std::string ca_file, certificate, key, key_password;
};

// The words are those of the schema.
struct RestConfig {
  std::string url;
  AuthConfig auth;
  TlsConfig tls;
  std::string bundles, find_by, ids, versions;
  std::uint64_t bundle_size = 100;
  std::uint64_t max_requests = 8;
  std::uint64_t max_response = 0;
  std::chrono::milliseconds timeout{30'000};
};

struct IdentityConfig {
  IdentityMode mode = IdentityMode::Create;
  std::string device_system, patient_system, encounter_system;  // empty: none
  bool conditional_creates = false;
  bool by_names = false;  // what is remembered: by all names of a measurement, not by its device alone
  std::uint64_t max_entries = 5000;
  std::chrono::milliseconds max_idle = std::chrono::hours(2);
  std::optional<std::chrono::milliseconds> max_age;
  std::chrono::milliseconds negative_age{0};
};

struct StoreConfig {
  std::string name;
  std::string type;  // "sqlite", "rest"
  std::string path;  // sqlite
  RestConfig rest;   // rest
  IdentityConfig identity;
  Position position;  // of its name

  // The path or address, as operators know it.
  const std::string& place() const { return type == "rest" ? rest.url : path; }
};

// `canonical`: the store's object after the pipeline schema, as JSON text.
StoreConfig read_store(const std::string& name, std::string_view canonical, Position position);

// What the schema cannot say: which options belong to which type, and which belong together.
void check_stores(const Value& stores, const std::string& file, Diagnostics& problems);

}  // namespace aorta::config
