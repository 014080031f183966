#include "core/fhir/resource_id.hpp"

#include "core/base/put_text.hpp"

namespace aorta::fhir {

std::string resource_id(const Identifier& identifier) { return resource_id(identifier.system, identifier.value); }

std::string resource_id(std::string_view system, std::string_view value) { return sha256_hex({system, "_", value}); }

ObservationNamer::ObservationNamer(std::string_view patient_id, std::string_view device_id)
    : patient_size_(patient_id.size()) {
  begin_.reserve(patient_id.size() + device_id.size() + 2);
  begin_.append(patient_id).append(1, '.').append(device_id).append(1, '.');
  for (std::string_view piece : {kConnectorSystem, std::string_view("_"), std::string_view(begin_)}) begun_.add(piece);
}

void ObservationNames::begin(const ObservationNamer& namer, std::string_view type) {
  namer_ = &namer;
  type_ = type;
  begin_.assign(namer.begin_).append(type).append(1, '.');
  begun_ = namer.begun_;
  begun_.add(std::string_view(begin_).substr(namer.begin_.size()));
}

Sha256::Hex ObservationNames::name(
    const ObservationNamer& namer, std::string_view type, std::string_view segment, std::string& value
) {
  bool as_before = &namer == namer_ && type.data() == type_.data() && type.size() == type_.size();
  if (!as_before) begin(namer, type);
  value.resize(begin_.size() + segment.size());
  put_text(put_text(value.data(), begin_), segment);
  Sha256 digest = begun_;
  digest.add(segment);
  return digest.hex();
}

Identifier observation_identifier(
    std::string_view patient_id, std::string_view device_id, std::string_view type, std::string_view segment
) {
  Identifier out{std::string(kConnectorSystem), {}};
  ObservationNames().name({patient_id, device_id}, type, segment, out.value);
  return out;
}

}  // namespace aorta::fhir
