#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {

std::string resource_id(const Identifier& identifier) { return resource_id(identifier.system, identifier.value); }

std::string resource_id(std::string_view system, std::string_view value) { return sha256_hex({system, "_", value}); }

std::string observation_identifier_value(
    std::string_view patient_id, std::string_view device_id, std::string_view type, std::string_view segment
) {
  std::string value;
  value.reserve(patient_id.size() + device_id.size() + type.size() + segment.size() + 3);
  value.append(patient_id).append(1, '.').append(device_id).append(1, '.').append(type).append(1, '.').append(segment);
  return value;
}

Identifier observation_identifier(
    std::string_view patient_id, std::string_view device_id, std::string_view type, std::string_view segment
) {
  return {std::string(kConnectorSystem), observation_identifier_value(patient_id, device_id, type, segment)};
}

ObservationNamer::ObservationNamer(std::string_view patient_id, std::string_view device_id) {
  begin_.reserve(patient_id.size() + device_id.size() + 2);
  begin_.append(patient_id).append(1, '.').append(device_id).append(1, '.');
  begun_.add(kConnectorSystem);
  begun_.add("_");
  begun_.add(begin_);
}

Sha256::Hex ObservationNamer::name(std::string_view type, std::string_view segment, std::string& value) const {
  value.assign(begin_).append(type).append(1, '.').append(segment);
  Sha256 digest = begun_;
  digest.add(std::string_view(value).substr(begin_.size()));
  return digest.hex();
}

}  // namespace aorta::fhir
