// Sources and sinks whose plugin lives in a process of its own. The surroundings have an isolation.
#pragma once

#include <memory>
#include <string_view>

#include "core/plugin/sink.hpp"
#include "core/plugin/source.hpp"

namespace aorta::plugin::worker {

Result<std::unique_ptr<Source>> make_source(
    Registry& registry, std::string_view id, std::string_view config, Surroundings surroundings
);
Result<std::unique_ptr<Sink>> make_sink(
    Registry& registry, std::string_view id, std::string_view config, Home home, Surroundings surroundings
);

}  // namespace aorta::plugin::worker
