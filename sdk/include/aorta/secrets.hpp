// Secrets of the configuration as they are now, for those that are rotated while the plugin runs. For sources and
// sinks.
#pragma once

#include <string>
#include <string_view>

#include "aorta/abi/secret.h"
#include "aorta/host.hpp"

namespace aorta {

// On any thread, valid as long as the plugin instance.
class Secrets {
 public:
  // Throws Fatal where the host has no secret/1.
  explicit Secrets(Host host) : host_(host), api_(&host.need<aorta_secret>(AORTA_SECRET_ID)) {}

  // Of the member that the pipeline file wrote as ${file:...} or ${env:...}: "password", "auth.token". Neither log nor
  // keep it. Throws Reject where there is no such member, Retry where its file cannot be read now.
  std::string read(std::string_view member) const {
    std::string out;
    auto give = [](void* to, aorta_str value) { *static_cast<std::string*>(to) = view(value); };
    if (api_->read(host_.raw(), to_abi(member), &out, give) != AORTA_OK) throw host_.last_failure();
    return out;
  }

 private:
  Host host_;
  const aorta_secret* api_;
};

}  // namespace aorta
