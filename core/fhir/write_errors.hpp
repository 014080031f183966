// How the writers of resources tell the failures of a store, a resource and a race apart.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

// "observation/value-not-a-number", with the type before the message.
inline Error staged(std::string_view stage, const Error& error, std::string_view type) {
  std::string message = "type \"" + std::string(type) + "\": " + std::string(error.message());
  return Error(std::string(stage) + "/" + std::string(error.reason()), std::move(message), error.retryable());
}

inline bool is_conflict(const Error& error) { return error.reason() == "conflict"; }

// What the store says of itself concerns the whole flush; the rest concerns one resource.
inline bool is_of_the_store(const Error& error) {
  return error.retryable() || error.reason() == "store-full" || error.reason() == "store-unavailable" ||
         error.reason() == "store-corrupt";
}

// To be written only over this very version of it.
inline Expect unchanged_since(const Resource& resource) {
  return resource.version.empty() ? Expect{Expect::State::Anything, {}} : Expect::exactly(resource.version);
}

}  // namespace aorta::fhir
