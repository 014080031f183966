// The host's Observation engine: a FHIR mapping, merge, identity and the sink's store.
#pragma once

#include <string_view>
#include <utility>

#include "aorta/abi/sink.h"
#include "aorta/groups.hpp"
#include "aorta/host.hpp"

namespace aorta {

class Observations {
 public:
  // [main] A FHIR mapping (CollectionFhir) from its text; `file` is its name for messages. Throws what is wrong with
  // it.
  Observations(Host host, std::string_view file, std::string_view text)
      : host_(host), api_(&host.need<aorta_observation_api>(AORTA_OBSERVATION_ID)) {
    mapping_ = api_->load(host_.raw(), to_abi(file), to_abi(text));
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

 private:
  Host host_;
  const aorta_observation_api* api_;
  aorta_observation_mapping* mapping_ = nullptr;
};

}  // namespace aorta
