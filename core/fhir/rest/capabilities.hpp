// What a server says it can do (CapabilityStatement of FHIR R4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/fhir/rest/options.hpp"

namespace aorta::fhir {

// Nothing: it does not say.
struct Capabilities {
  std::string version;  // "4.0.1"
  bool batch = false;
  bool transaction = false;
  // Of Observation, which is what most is done with.
  std::optional<bool> update_create;  // PUT to an id that is not there
  std::optional<bool> versioned;      // has versions at all
  std::optional<bool> identifier_search;
};

// Nothing: the text is no CapabilityStatement.
std::optional<Capabilities> read_capabilities(std::string_view json);

// The options without any Auto, but for `ids` where the server does not say: the first create shows.
RestOptions resolve(RestOptions options, const Capabilities& says);

}  // namespace aorta::fhir
