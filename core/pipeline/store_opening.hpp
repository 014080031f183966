// The stores of a pipeline file, brought to life.
#pragma once

#include <memory>

#include "core/base/patience.hpp"
#include "core/config/store_config.hpp"
#include "core/fhir/store.hpp"
#include "core/observe/log.hpp"

namespace aorta::pipeline {

// A server is not asked anything yet; it is waited for as long as there is `patience`. `log` outlives the store.
// Errors: those of SqliteStore::open; "bad-url". [main]
Result<std::unique_ptr<fhir::Store>> open_store(
    const config::StoreConfig& config, observe::Log& log, std::shared_ptr<const Patience> patience = nullptr
);

}  // namespace aorta::pipeline
