// The host's Observation engine: a FHIR mapping, merge, identity and the sink's store.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/sink.h"
#include "aorta/fhir.hpp"
#include "aorta/groups.hpp"
#include "aorta/host.hpp"

namespace aorta {

// The text of a mapping file, without byte order mark. Throws Reject "cannot-open".
inline std::string read_mapping(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) throw Reject("cannot-open", path.string() + ": the FHIR mapping cannot be read");
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

class Observations {
 public:
  // [main] A FHIR mapping (CollectionFhir) from its text; `file` is its name for messages. With a profile
  // ("vital-signs"), what it makes conforms to that. Throws what is wrong with the mapping.
  Observations(Host host, std::string_view file, std::string_view text, std::string_view profile = "none")
      : host_(host), api_(&host.need<aorta_observation_api>(AORTA_OBSERVATION_ID)) {
    mapping_ = load(file, text, profile);
    if (!mapping_) throw host_.last_failure();
  }
  ~Observations() { api_->release(mapping_); }
  Observations(const Observations&) = delete;
  Observations& operator=(const Observations&) = delete;

  // [data] Builds or merges the Observations of each group, saves them and reports every measurement.
  void write(const Groups& groups, Results& results) {
    if (api_->write(host_.raw(), mapping_, groups.raw(), groups.size(), results.raw()) != AORTA_OK)
      throw host_.last_failure();
  }

  // [data] For each measurement of each group, in order, the id of the Observation in the store that it went into;
  // empty where there is none: no template, no identity, or its Observation was refused.
  std::vector<std::vector<std::string>> stored(
      const Groups& groups, const std::vector<Identity>& identities, Fhir& fhir
  ) {
    std::vector<Part> parts;
    std::vector<std::vector<std::string>> out;
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      out.emplace_back(groups[g].size());
      if (!identities[g].failure) add_parts(groups, g, identities[g], parts);
    }
    std::vector<Identifier> identifiers;
    for (const Part& part : parts) identifiers.push_back(part.identifier);
    std::vector<std::string> ids = fhir.ids("Observation", identifiers);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (std::uint64_t m : parts[i].measurements) out[parts[i].group][m] = ids[i];
    }
    return out;
  }

 private:
  aorta_observation_mapping* load(std::string_view file, std::string_view text, std::string_view profile) const {
    if (profile == "none") return api_->load(host_.raw(), to_abi(file), to_abi(text));
    constexpr std::size_t kEnd = offsetof(aorta_observation_api, load_with_profile) + sizeof(api_->load_with_profile);
    if (api_->size < kEnd) throw Fatal("host-too-old", "this host knows no profiles; use a newer release");
    return api_->load_with_profile(host_.raw(), to_abi(file), to_abi(text), to_abi(profile));
  }

  struct Part {
    std::uint64_t group;
    Identifier identifier;
    std::vector<std::uint64_t> measurements;
  };
  struct Adding {
    std::uint64_t group;
    std::vector<Part>* parts;
  };

  // A group that the mapping makes nothing of has no parts.
  void add_parts(const Groups& groups, std::uint64_t g, const Identity& who, std::vector<Part>& parts) {
    constexpr std::size_t kEnd = offsetof(aorta_observation_api, parts) + sizeof(api_->parts);
    if (api_->size < kEnd) throw Fatal("host-too-old", "this host has no observation/1 parts(); use a newer release");
    Adding adding{g, &parts};
    api_->parts(
        host_.raw(), mapping_, groups.raw()[g], to_abi(who.patient), to_abi(who.device), &adding,
        [](void* self, const aorta_observation_part* part) {
          auto& to = *static_cast<Adding*>(self);
          Identifier identifier{std::string(view(part->system)), std::string(view(part->value))};
          const std::uint64_t* first = part->measurements;
          to.parts->push_back({to.group, std::move(identifier), {first, first + part->measurement_count}});
        }
    );
  }

  Host host_;
  const aorta_observation_api* api_;
  aorta_observation_mapping* mapping_ = nullptr;
};

}  // namespace aorta
