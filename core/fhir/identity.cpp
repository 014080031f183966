#include "core/fhir/identity.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_set>

#include "core/base/blank.hpp"
#include "core/base/text.hpp"
#include "core/document/document.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/write_errors.hpp"

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

bool is_searched_otherwise(const Identifier& identifier) {
  return identifier.system.empty() && identifier.value.find('|') != std::string::npos;
}

// An identifier without system is searched as it is written, so that its own text may name one: "system|value".
Identifier searched(const Identifier& identifier) {
  if (!is_searched_otherwise(identifier)) return identifier;
  std::size_t bar = identifier.value.find('|');
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

// The same Device with a patient.
Result<Save> with_patient(const Resource& device, const std::string& patient) {
  document::Document json;
  AORTA_CHECK(json.read_value(device.json, document::kPlainJson));
  Save save{device, unchanged_since(device)};
  save.resource.json.clear();
  JsonWriter out(save.resource.json);
  out.begin_object();
  out.copy_members(json.root());
  write_patient_reference(out, patient);
  out.end_object();
  return save;
}

Query query_for(std::string_view type, const Identifier& identifier) {
  return {std::string(type), searched(identifier), resource_id(identifier)};
}

constexpr int kTries = 5;
constexpr std::chrono::milliseconds kFirstPause{5};

}  // namespace

IdentityResolver::IdentityResolver(Store& store, IdentityOptions options, WriteCounts& counts)
    : store_(store), options_(std::move(options)), counts_(counts), cache_(options_.cache) {
  IdentitySystems& systems = options_.systems;
  for (std::string* system : {&systems.device, &systems.patient, &systems.encounter}) {
    if (is_blank(*system)) system->clear();
  }
}

Result<Identities> IdentityResolver::resolve(const mapping::Measurement& of) {
  const mapping::Measurement* one = &of;
  return std::move(resolve_all({&one, 1}).front());
}

// Messages of one device take turns: only the first one that succeeds says what the device's others get.
std::vector<Result<Identities>> IdentityResolver::resolve_all(std::span<const mapping::Measurement* const> of) {
  IdentityCache::Clock::time_point now = IdentityCache::Clock::now();
  std::vector<Result<Identities>> out(of.size(), Result<Identities>(Identities{}));
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (is_blank(of[i]->device)) {
      out[i] =
          Error("device-id-missing", "the measurement names no device: give its device template a deviceIdExpression");
    } else if (std::optional<Result<Identities>> known = cache_.find(*of[i], now)) {
      out[i] = std::move(*known);
    } else {
      open.push_back(i);
    }
  }
  while (!open.empty()) {
    std::vector<std::size_t> turn = next_turn(of, open);
    std::vector<Case> cases;
    for (std::size_t i : turn) cases.push_back({of[i]});
    settle(cases);
    for (std::size_t k = 0; k < turn.size(); ++k) {
      out[turn[k]] = std::move(*cases[k].outcome);
      cache_.remember(*of[turn[k]], out[turn[k]], now);
    }
    std::erase_if(open, [&](std::size_t i) {
      if (std::binary_search(turn.begin(), turn.end(), i)) return true;
      std::optional<Result<Identities>> known = cache_.find(*of[i], now);
      if (known) out[i] = std::move(*known);
      return known.has_value();
    });
  }
  return out;
}

std::vector<std::size_t> IdentityResolver::next_turn(
    std::span<const mapping::Measurement* const> of, const std::vector<std::size_t>& open
) const {
  std::vector<std::size_t> turn;
  std::unordered_set<std::string_view> met;
  for (std::size_t i : open) {
    if (met.insert(of[i]->device).second) turn.push_back(i);
  }
  return turn;
}

std::vector<IdentityResolver::Case*> IdentityResolver::open_ones(std::span<Case> cases) {
  std::vector<Case*> out;
  for (Case& one : cases) {
    if (!one.outcome) out.push_back(&one);
  }
  return out;
}

void IdentityResolver::settle(std::span<Case> cases) {
  for (std::chrono::milliseconds pause = kFirstPause;; pause *= 2) {
    find_encounters(find_devices(cases));
    if (!creates()) return;
    ensure_patients(cases);
    ensure_devices(cases);
    if (open_ones(cases).empty()) return;
    std::this_thread::sleep_for(pause);
  }
}

// A Device with a patient settles its case, but for the Encounter: those are given back. In mode Create the misses stay
// open.
std::vector<IdentityResolver::Case*> IdentityResolver::find_devices(std::span<Case> cases) {
  std::vector<Case*> asked = open_ones(cases);
  std::vector<Case*> known;
  std::vector<Query> queries;
  for (const Case* one : asked) queries.push_back(query_for("Device", device_identifier(one->of->device)));
  std::vector<Result<std::vector<Resource>>> answers = store_.search_all(queries);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Case& one = *asked[i];
    Result<std::optional<Resource>> device = only_one("Device", std::move(answers[i]));
    if (device.has_error()) {
      one.fail(device.error());
      continue;
    }
    one.device = std::move(*device);
    DevicePatient patient = one.device ? patient_of(*one.device) : DevicePatient{};
    if (patient.id) {
      one.outcome = Identities{*patient.id, one.device->id, {}};
      known.push_back(&one);
    } else if (!creates()) {
      one.fail(not_found(one.device ? "Patient" : "Device"));
    }
  }
  return known;
}

void IdentityResolver::find_encounters(const std::vector<Case*>& known) {
  std::vector<Case*> asked;
  std::vector<Query> queries;
  for (Case* one : known) {
    if (!is_absent(one->of->encounter)) {
      asked.push_back(one);
      queries.push_back({"Encounter", searched({options_.systems.encounter, *one->of->encounter}), {}});
    } else if (options_.mode == IdentityMode::LookupWithEncounter) {
      one->fail(not_defined("Encounter"));
    }
  }
  std::vector<Result<std::vector<Resource>>> answers = store_.search_all(queries);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Result<std::optional<Resource>> encounter = only_one("Encounter", std::move(answers[i]));
    if (encounter.has_error()) {
      asked[i]->fail(encounter.error());
    } else if (!*encounter) {
      asked[i]->fail(not_found("Encounter"));
    } else {
      (**asked[i]->outcome).encounter = (*encounter)->id;
    }
  }
}

// One search and one save for each patient, however many devices name it.
void IdentityResolver::ensure_patients(std::span<Case> cases) {
  std::vector<std::string> names;  // in order of first appearance
  std::unordered_map<std::string_view, std::size_t> numbers;
  for (Case& one : cases) {
    if (one.outcome) continue;
    if (is_absent(one.of->patient)) {
      one.fail(not_defined("Patient"));
    } else if (numbers.emplace(*one.of->patient, names.size()).second) {
      names.push_back(*one.of->patient);
    }
  }
  std::vector<Result<std::string>> ids = patients(names);
  for (Case& one : cases) {
    if (one.outcome) continue;
    const Result<std::string>& id = ids[numbers.at(*one.of->patient)];
    one.patient = id.has_value() ? *id : std::string();
    if (id.has_error()) try_again(one, id.error());
  }
}

std::vector<Result<std::string>> IdentityResolver::patients(const std::vector<std::string>& names) {
  std::vector<Query> queries;
  for (const std::string& name : names) queries.push_back(query_for("Patient", patient_identifier(name)));
  std::vector<Result<std::vector<Resource>>> answers = store_.search_all(queries);
  std::vector<Result<std::string>> out;
  std::vector<Save> saves;
  std::vector<std::size_t> saved_for;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Result<std::optional<Resource>> found = only_one("Patient", std::move(answers[i]));
    if (found.has_error()) {
      out.emplace_back(found.error());
      continue;
    }
    out.emplace_back(*found ? (*found)->id : std::string());
    if (*found) continue;
    saves.push_back(new_save("Patient", patient_identifier(names[i]), {}));
    saved_for.push_back(i);
  }
  std::vector<Result<Resource>> saved = store_.save_all(saves);
  for (std::size_t k = 0; k < saves.size(); ++k)
    out[saved_for[k]] = made(saves[k], patient_identifier(names[saved_for[k]]), saved[k]);
  return out;
}

// The encounter of a first message is left out, as the reference leaves it.
void IdentityResolver::ensure_devices(std::span<Case> cases) {
  std::vector<Case*> saved_for;
  std::vector<Save> saves;
  for (Case* one : open_ones(cases)) {
    if (one->patient.empty()) continue;
    Result<std::optional<Save>> wanted = device_save(*one);
    if (wanted.has_error()) {
      one->fail(wanted.error());
    } else if (!*wanted) {
      one->outcome = Identities{one->patient, one->device->id, {}};
    } else {
      saves.push_back(std::move(**wanted));
      saved_for.push_back(one);
    }
  }
  std::vector<Result<Resource>> saved = store_.save_all(saves);
  for (std::size_t k = 0; k < saves.size(); ++k) {
    Case& one = *saved_for[k];
    Result<std::string> id = one.device && saved[k].has_error()
                                 ? saved[k].error()
                                 : made(saves[k], device_identifier(one.of->device), saved[k]);
    if (id.has_error()) {
      try_again(one, id.error());
    } else {
      one.outcome = Identities{one.patient, *id, {}};
    }
  }
}

// Somebody else made it, or gave the Device a patient, in between: it is looked for again. All else is the outcome.
void IdentityResolver::try_again(Case& one, const Error& error) {
  if (is_conflict(error) && ++one.tries < kTries) return;
  one.fail(error);
}

Save IdentityResolver::new_save(std::string_view type, const Identifier& identifier, const std::string& patient) const {
  Resource resource{std::string(type), resource_id(identifier), {}, {}};
  resource.json = new_resource(type, resource.id, identifier, patient);
  return {std::move(resource), Expect::absent(), options_.conditional_creates};
}

// What has to be written so that the Device belongs to the patient; nothing: it does.
Result<std::optional<Save>> IdentityResolver::device_save(const Case& one) const {
  if (!one.device) return std::optional(new_save("Device", device_identifier(one.of->device), one.patient));
  DevicePatient existing = patient_of(*one.device);
  if (!existing.given) {
    AORTA_TRY(save, with_patient(*one.device, one.patient));
    return std::optional(std::move(save));
  }
  if (existing.id == one.patient) return std::optional<Save>();
  return Error(
      "patient-mismatch",
      "the Device belongs to another patient, or its reference cannot be read: correct Device.patient in the store"
  );
}

// By the very text that it was made with.
Result<std::string> IdentityResolver::found_literally(
    const std::string& type, const Identifier& identifier, const Error& missing
) {
  AORTA_TRY(found, only_one(type, store_.search(type, identifier)));
  return found ? Result<std::string>(found->id) : missing;
}

Result<std::string> IdentityResolver::made(
    const Save& save, const Identifier& identifier, const Result<Resource>& saved
) {
  if (saved.has_error() && is_conflict(saved.error()) && save.expect.state == Expect::State::Absent) {
    // Its id is a function of its identifier: who was faster wrote the same, unless the store gives ids.
    AORTA_TRY(there, store_.read(save.resource.type, save.resource.id));
    if (there) return save.resource.id;
    return is_searched_otherwise(identifier) ? found_literally(save.resource.type, identifier, saved.error())
                                             : saved.error();
  }
  if (saved.has_error()) return saved.error();
  if (save.expect.state == Expect::State::Absent)
    ++(save.resource.type == "Patient" ? counts_.patients_created : counts_.devices_created);
  return saved->id;
}

Result<std::optional<Resource>> IdentityResolver::only_one(std::string_view type, Result<std::vector<Resource>> found) {
  if (found.has_error()) return found.error();
  if (found->size() > 1) {
    return Error(
        "multiple-found", std::to_string(found->size()) + " resources of type " + std::string(type) +
                              " carry the same identifier, and one was expected: remove it from the others"
    );
  }
  return found->empty() ? std::optional<Resource>() : std::optional(std::move(found->front()));
}

}  // namespace aorta::fhir
