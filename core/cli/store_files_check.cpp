#include "core/cli/store_files_check.hpp"

#include <filesystem>
#include <utility>

namespace aorta::cli {
namespace {

void check_store(const config::StoreConfig& store, const std::string& file, Diagnostics& findings) {
  const config::TlsConfig& tls = store.rest.tls;
  const std::pair<const char*, const std::string*> files[] = {
      {"tls.ca_file", &tls.ca_file},
      {"tls.certificate", &tls.certificate},
      {"tls.key", &tls.key},
      {"auth.token_file", &store.rest.auth.token_file}};
  for (const auto& [key, path] : files) {
    std::error_code fault;
    if (path->empty() || std::filesystem::exists(*path, fault)) continue;
    std::string message =
        "stores." + store.name + "." + key + ": " + *path + " is not there; nothing is written before it is";
    findings.push_back(
        {Severity::Warning, std::move(message), file, store.position, static_cast<int>(store.name.size()), {}}
    );
  }
}

}  // namespace

void check_store_files(Examined& examined) {
  const config::PipelineConfig& config = examined.pipeline.config;
  for (const config::StoreConfig& store : config.stores) {
    if (store.type == "rest") check_store(store, config.file, examined.findings);
  }
}

}  // namespace aorta::cli
