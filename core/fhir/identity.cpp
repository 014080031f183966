#include "core/fhir/identity.hpp"

#include <algorithm>

#include "core/base/blank.hpp"
#include "core/base/text.hpp"
#include "core/document/document.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {
namespace {

bool is_absent(const std::optional<std::string>& text) { return !text || is_blank(*text); }

Error not_found(std::string_view type) {
  std::string reason(
      type == "Device"    ? "device-not-found"
      : type == "Patient" ? "patient-not-found"
                          : "encounter-not-found"
  );
  std::string what(type);
  if (type == "Patient") what = "patient of the Device";
  return Error(reason, "no " + what + " was found in the store: register it there, or use identity mode create");
}

Error not_defined(std::string_view type) {
  std::string reason(type == "Patient" ? "patient-not-defined" : "encounter-not-defined");
  std::string id(type == "Patient" ? "patientIdExpression" : "encounterIdExpression");
  return Error(
      reason, "the measurement names no " + std::string(type == "Patient" ? "patient" : "encounter") +
                  ": give its device template a " + id
  );
}

bool is_id_char(char c) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("_.-~#").find(c) != std::string_view::npos;
}

// "Patient/<id>" in any letter case and nothing else: the references that the reference can read (8.1).
std::optional<std::string> patient_id(std::string_view reference) {
  constexpr std::string_view kPrefix = "Patient/";
  if (!equals_ignoring_ascii_case(reference.substr(0, kPrefix.size()), kPrefix)) return std::nullopt;
  std::string_view id = reference.substr(kPrefix.size());
  if (id.empty() || !std::all_of(id.begin(), id.end(), is_id_char)) return std::nullopt;
  return std::string(id);
}

struct DevicePatient {
  bool given = false;             // the Device has a patient element
  std::optional<std::string> id;  // and its reference can be read
};

DevicePatient patient_of(const Resource& device) {
  document::Document json;
  if (json.read_value(device.json, document::kPlainJson).has_error()) return {};
  const document::Node* patient = document::member(json.root(), "patient");
  if (!patient || patient->kind != document::Kind::Object) return {};
  const document::Node* reference = document::member(*patient, "reference");
  if (!reference || reference->kind != document::Kind::String) return {true, std::nullopt};
  return {true, patient_id(reference->text())};
}

// An identifier without system is searched as it is written, so that its own text may name one: "system|value".
Identifier searched(const Identifier& identifier) {
  std::size_t bar = identifier.value.find('|');
  if (!identifier.system.empty() || bar == std::string::npos) return identifier;
  return {identifier.value.substr(0, bar), identifier.value.substr(bar + 1)};
}

void write_patient_reference(JsonWriter& out, const std::string& patient) {
  out.begin_object("patient");
  out.text("reference", "Patient/" + patient);
  out.end_object();
}

std::string new_resource(
    std::string_view type, const std::string& id, const Identifier& identifier, const std::string& patient
) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  out.text("resourceType", type);
  out.text("id", id);
  out.begin_list("identifier");
  out.begin_object();
  if (!identifier.system.empty()) out.text("system", identifier.system);
  out.text("value", identifier.value);
  out.end_object();
  out.end_list();
  if (!patient.empty()) write_patient_reference(out, patient);
  out.end_object();
  return json;
}

bool is_miss(const Error& error) {
  return error.reason() == "device-not-found" || error.reason() == "patient-not-found";
}

}  // namespace

IdentityResolver::IdentityResolver(Store& store, IdentityOptions options, WriteCounts& counts)
    : store_(store), options_(std::move(options)), counts_(counts) {
  if (is_blank(options_.default_device_system)) options_.default_device_system.clear();
}

Result<Identities> IdentityResolver::resolve(const mapping::Measurement& of) {
  if (is_blank(of.device))
    return Error("device-id-missing", "the measurement names no device: give its device template a deviceIdExpression");
  IdentityCache::Clock::time_point now = IdentityCache::Clock::now();
  if (const Identities* known = cache_.find(of.device, now)) return *known;
  Result<Identities> found = look_up(of);
  if (found.has_error() && options_.mode == IdentityMode::Create && is_miss(found.error())) found = create(of);
  if (found.has_value()) cache_.remember(of.device, *found, now);
  return found;
}

Result<Identities> IdentityResolver::look_up(const mapping::Measurement& of) {
  AORTA_TRY(device, find_one("Device", searched(device_identifier(of.device))));
  if (!device) return not_found("Device");
  DevicePatient patient = patient_of(*device);
  if (!patient.id) return not_found("Patient");
  Identities out{device->id, *patient.id, {}};
  if (!is_absent(of.encounter)) {
    AORTA_TRY(encounter, find_one("Encounter", searched({{}, *of.encounter})));
    if (!encounter) return not_found("Encounter");
    out.encounter = encounter->id;
  } else if (options_.mode == IdentityMode::LookupWithEncounter) {
    return not_defined("Encounter");
  }
  return out;
}

// The encounter of a first message is left out, as the reference leaves it.
Result<Identities> IdentityResolver::create(const mapping::Measurement& of) {
  if (is_absent(of.patient)) return not_defined("Patient");
  AORTA_TRY(patient, ensure_patient({{}, *of.patient}));
  AORTA_TRY(device, ensure_device(device_identifier(of.device), patient));
  return Identities{device, patient, {}};
}

Result<std::string> IdentityResolver::ensure_patient(const Identifier& identifier) {
  AORTA_TRY(found, find_one("Patient", searched(identifier)));
  if (found) return found->id;
  return save_new("Patient", identifier, {});
}

Result<std::string> IdentityResolver::ensure_device(const Identifier& identifier, const std::string& patient) {
  AORTA_TRY(found, find_one("Device", searched(identifier)));
  if (!found) return save_new("Device", identifier, patient);
  DevicePatient existing = patient_of(*found);
  if (!existing.given) return give_patient(*found, patient);
  if (existing.id == patient) return found->id;
  return Error(
      "patient-mismatch",
      "the Device belongs to another patient, or its reference cannot be read: correct Device.patient in the store"
  );
}

Result<std::string> IdentityResolver::give_patient(const Resource& device, const std::string& patient) {
  document::Document json;
  AORTA_CHECK(json.read_value(device.json, document::kPlainJson));
  Resource changed = device;
  changed.json.clear();
  JsonWriter out(changed.json);
  out.begin_object();
  out.copy_members(json.root());
  write_patient_reference(out, patient);
  out.end_object();
  AORTA_TRY(
      saved, store_.save(
                 changed, device.version.empty() ? Expect{Expect::State::Anything, {}} : Expect::exactly(device.version)
             )
  );
  return saved.id;
}

Result<std::string> IdentityResolver::save_new(
    std::string_view type, const Identifier& identifier, const std::string& patient
) {
  Resource resource{std::string(type), resource_id(identifier), {}, {}};
  resource.json = new_resource(type, resource.id, identifier, patient);
  Result<Resource> saved = store_.save(resource, Expect::absent());
  // Its id is a function of its identifier: who was faster wrote the same.
  if (saved.has_error() && saved.error().reason() != "conflict") return saved.error();
  if (saved.has_value()) ++(type == "Patient" ? counts_.patients_created : counts_.devices_created);
  return resource.id;
}

Result<std::optional<Resource>> IdentityResolver::find_one(std::string_view type, const Identifier& identifier) {
  AORTA_TRY(found, store_.search(type, identifier));
  if (found.size() > 1) {
    return Error(
        "multiple-found", std::to_string(found.size()) + " resources of type " + std::string(type) +
                              " carry the same identifier, and one was expected: remove it from the others"
    );
  }
  return found.empty() ? std::optional<Resource>() : std::optional(std::move(found.front()));
}

}  // namespace aorta::fhir
