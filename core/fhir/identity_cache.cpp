#include "core/fhir/identity_cache.hpp"

namespace aorta::fhir {
namespace {

using Clock = IdentityCache::Clock;

// Each name behind its length, so that no two lists of names look alike.
void append_name(std::string& out, std::string_view name) {
  out.append(std::to_string(name.size())).append(1, ':').append(name);
}

void append_name(std::string& out, const std::optional<std::string>& name) {
  name ? append_name(out, std::string_view(*name)) : out.push_back('-');
}

std::string names_of(const mapping::Measurement& of) {
  std::string out;
  append_name(out, std::string_view(of.device));
  append_name(out, of.patient);
  append_name(out, of.encounter);
  return out;
}

bool says_missing(const Error& error) {
  return error.reason() == "device-not-found" || error.reason() == "patient-not-found" ||
         error.reason() == "encounter-not-found";
}

Clock::duration longest(const std::optional<std::chrono::milliseconds>& age) {
  return age ? Clock::duration(*age) : Clock::duration::max();
}

}  // namespace

IdentityCache::IdentityCache(const IdentityCacheOptions& options)
    : by_names_(options.key == IdentityCacheOptions::Key::Names),
      keeps_missing_(options.negative_age.count() > 0),
      found_({options.max_entries, options.max_idle, longest(options.max_age)}),
      missing_({options.max_entries, options.negative_age, options.negative_age}) {}

std::optional<Result<Identities>> IdentityCache::find(const mapping::Measurement& of, Clock::time_point now) {
  std::string names = by_names_ || keeps_missing_ ? names_of(of) : std::string();
  if (const Identities* known = found_.find(by_names_ ? names : of.device, now)) return *known;
  const Error* missing = keeps_missing_ ? missing_.find(names, now) : nullptr;
  return missing ? std::optional<Result<Identities>>(*missing) : std::nullopt;
}

void IdentityCache::remember(const mapping::Measurement& of, const Result<Identities>& outcome, Clock::time_point now) {
  if (outcome.has_value()) {
    found_.put(by_names_ ? names_of(of) : of.device, *outcome, now);
  } else if (keeps_missing_ && says_missing(outcome.error())) {
    missing_.put(names_of(of), outcome.error(), now);
  }
}

void IdentityCache::clear() {
  found_.clear();
  missing_.clear();
}

}  // namespace aorta::fhir
