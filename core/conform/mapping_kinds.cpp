// Conformance kinds of the device mapping (device-mapping spec).
#include "core/conform/kinds.hpp"
#include "core/mapping/partition_key.hpp"

namespace aorta::conform {

Answer partition_key(const document::Node& request) {
  auto key = mapping::partition_key(text_of(request, "deviceId"));
  if (key.has_error()) return error_answer("hash", key.error().message());
  return "\"result\":\"" + std::to_string(*key) + '"';
}

}  // namespace aorta::conform
