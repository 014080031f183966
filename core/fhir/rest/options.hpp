// How a FHIR server is spoken to: docs/guide/fhir-server.md says which servers need what.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/http/client.hpp"

namespace aorta::fhir {

// Auto: as the server's CapabilityStatement says; where it says nothing, the first one below.
enum class Bundles : std::uint8_t { Auto, Off, Batch, Transaction };
enum class FindBy : std::uint8_t { Auto, Identifier, Id };
enum class Ids : std::uint8_t { Auto, Client, Server };
enum class Versions : std::uint8_t { Auto, Checked, Unchecked };

struct RestOptions {
  Bundles bundles = Bundles::Auto;
  std::size_t bundle_size = 100;       // entries
  FindBy find_by = FindBy::Auto;       // Id: where nothing can be searched; only what this program made is found
  Ids ids = Ids::Auto;                 // Server: it gives new resources their ids
  Versions versions = Versions::Auto;  // Unchecked: no If-Match, no If-None-Match
};

}  // namespace aorta::fhir
