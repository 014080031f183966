// One record on its way through a device mapping, and what came of it.
#pragma once

#include <optional>

#include "core/mapping/device_mapping.hpp"
#include "core/plugin/source.hpp"

namespace aorta::plugin {

struct MappingJob {
  const Record* record = nullptr;
  mapping::MeasurementSink* out = nullptr;
  std::optional<Error> error = {};  // measurements added before it stay (device-mapping spec 5.1)
  bool trailing_text = false;       // text behind the value of the body was ignored
};

}  // namespace aorta::plugin
