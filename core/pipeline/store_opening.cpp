#include "core/pipeline/store_opening.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/fhir/rest/store.hpp"
#include "core/fhir/sqlite_store.hpp"
#include "core/http/oauth2.hpp"

namespace aorta::pipeline {
namespace {

// The schema's words in the order of the enumerations.
constexpr std::array<std::string_view, 4> kBundles{"auto", "off", "batch", "transaction"};
constexpr std::array<std::string_view, 3> kFindBy{"auto", "identifier", "id"};
constexpr std::array<std::string_view, 3> kIds{"auto", "client", "server"};
constexpr std::array<std::string_view, 3> kVersions{"auto", "checked", "unchecked"};

fhir::RestOptions options_of(const config::RestConfig& config) {
  return {
      .bundles = enum_of<fhir::Bundles>(kBundles, config.bundles),
      .bundle_size = config.bundle_size,
      .find_by = enum_of<fhir::FindBy>(kFindBy, config.find_by),
      .ids = enum_of<fhir::Ids>(kIds, config.ids),
      .versions = enum_of<fhir::Versions>(kVersions, config.versions)};
}

http::ClientOptions client_options(const config::RestConfig& config, std::shared_ptr<const Patience> patience) {
  http::ClientOptions options;
  options.timeout = config.timeout;
  options.connect_timeout = std::min(options.connect_timeout, config.timeout);
  options.max_requests = static_cast<unsigned>(config.max_requests);
  options.max_response_bytes = config.max_response;
  options.patience = std::move(patience);
  options.tls = {config.tls.ca_file, config.tls.certificate, config.tls.key, config.tls.key_password};
  return options;
}

Result<std::unique_ptr<http::Authorizer>> authorizer_of(
    const config::RestConfig& config, std::shared_ptr<const Patience> patience
) {
  const config::AuthConfig& auth = config.auth;
  switch (auth.kind) {
    case config::AuthKind::None:
      return http::no_authorization();
    case config::AuthKind::Basic:
      return http::basic_authorization(auth.user, auth.password);
    case config::AuthKind::Bearer:
      return auth.token_file.empty() ? http::bearer_authorization(auth.token)
                                     : http::bearer_file_authorization(auth.token_file);
    case config::AuthKind::OAuth2:
      break;
  }
  AORTA_TRY(token_url, http::parse_base_url(auth.token_url));
  return http::oauth2_authorization(
      {.token_url = std::move(token_url),
       .client_id = auth.client_id,
       .client_secret = auth.client_secret,
       .scope = auth.scope,
       .audience = auth.audience,
       .resource = auth.resource,
       .secret_in_body = auth.secret_in_body,
       .client = client_options(config, std::move(patience))}
  );
}

Result<std::unique_ptr<fhir::Store>> open_rest(
    const config::StoreConfig& config, observe::Log& log, std::shared_ptr<const Patience> patience
) {
  AORTA_TRY(url, http::parse_base_url(config.rest.url));
  AORTA_TRY(authorizer, authorizer_of(config.rest, patience));
  http::ClientOptions options = client_options(config.rest, std::move(patience));
  auto client = std::make_unique<http::Client>(std::move(url), std::move(options), std::move(authorizer));
  auto warn = [&log, name = "stores." + config.name](std::string_view text) {
    log.write(observe::Level::Warning, name, text);
  };
  return std::make_unique<fhir::RestStore>(std::move(client), options_of(config.rest), warn);
}

}  // namespace

Result<std::unique_ptr<fhir::Store>> open_store(
    const config::StoreConfig& config, observe::Log& log, std::shared_ptr<const Patience> patience
) {
  if (config.type == "rest") return open_rest(config, log, std::move(patience));
  AORTA_TRY(store, fhir::SqliteStore::open({.path = config.path}));
  return store;
}

}  // namespace aorta::pipeline
