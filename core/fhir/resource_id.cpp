#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {

std::string resource_id(const Identifier& identifier) { return resource_id(identifier.system, identifier.value); }

std::string resource_id(std::string_view system, std::string_view value) { return sha256_hex({system, "_", value}); }

Sha256::Hex connector_id(std::string_view value) {
  static const Sha256 kBegun = [] {
    Sha256 begun;
    begun.add(kConnectorSystem);
    begun.add("_");
    return begun;
  }();
  Sha256 digest = kBegun;
  digest.add(value);
  return digest.hex();
}

void put_observation_identifier(
    std::string& value, std::string_view patient_id, std::string_view device_id, std::string_view type,
    std::string_view segment
) {
  value.clear();
  value.reserve(patient_id.size() + device_id.size() + type.size() + segment.size() + 3);
  value.append(patient_id).append(1, '.').append(device_id).append(1, '.').append(type).append(1, '.').append(segment);
}

std::string observation_identifier_value(
    std::string_view patient_id, std::string_view device_id, std::string_view type, std::string_view segment
) {
  std::string value;
  put_observation_identifier(value, patient_id, device_id, type, segment);
  return value;
}

Identifier observation_identifier(
    std::string_view patient_id, std::string_view device_id, std::string_view type, std::string_view segment
) {
  return {std::string(kConnectorSystem), observation_identifier_value(patient_id, device_id, type, segment)};
}

}  // namespace aorta::fhir
