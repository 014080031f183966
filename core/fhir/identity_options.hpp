// How Devices, Patients and Encounters are found, and for how long what was found is believed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace aorta::fhir {

enum class IdentityMode : std::uint8_t { Create, Lookup, LookupWithEncounter };

// Of the identifiers that are searched for and written; empty: none. The reference knows one for devices only.
struct IdentitySystems {
  std::string device, patient, encounter;
};

// The defaults are the reference's (FHIR-mapping spec, section 8).
struct IdentityCacheOptions {
  enum class Key : std::uint8_t {
    Device,  // by device id alone: while it is remembered, patient and encounter of later messages are not looked at
    Names,   // by device, patient and encounter
  };
  Key key = Key::Device;
  std::size_t max_entries = 5000;
  std::chrono::milliseconds max_idle = std::chrono::hours(2);  // since the last use
  std::optional<std::chrono::milliseconds> max_age = {};       // since it was looked up; nothing: no bound
  std::chrono::milliseconds negative_age{0};                   // of a lookup that found nothing; 0: asked each time
};

struct IdentityOptions {
  IdentityMode mode = IdentityMode::Create;
  IdentitySystems systems = {};
  IdentityCacheOptions cache = {};
  // Makes Devices and Patients only where the server itself finds none (Save::unless_found): they get its ids.
  bool conditional_creates = false;
};

}  // namespace aorta::fhir
