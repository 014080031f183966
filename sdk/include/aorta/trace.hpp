// Says which field a template reads, for `aorta explain`; costs a test of a pointer where nobody listens.
#pragma once

#include <cstdint>
#include <string_view>

#include "aorta/abi/trace.h"
#include "aorta/host.hpp"

namespace aorta {

class Trace {
 public:
  enum class Field : std::int32_t {
    Match = AORTA_FIELD_MATCH,
    Device = AORTA_FIELD_DEVICE,
    Time = AORTA_FIELD_TIME,
    Correlation = AORTA_FIELD_CORRELATION,
    Patient = AORTA_FIELD_PATIENT,
    Encounter = AORTA_FIELD_ENCOUNTER,
    Value = AORTA_FIELD_VALUE,
  };
  explicit Trace(Host host) : host_(host), api_(host.ask<aorta_trace>(AORTA_TRACE_ID)) {}

  // Whether anybody does listen.
  bool listens() const { return api_ != nullptr; }
  // Until the next call, what is evaluated serves this field. `name`: of a value.
  void reading(Field field, bool required, std::string_view name = {}) const {
    if (api_) api_->reading(host_.raw(), static_cast<std::int32_t>(field), to_abi(name), required ? 1 : 0);
  }

 private:
  Host host_;
  const aorta_trace* api_;
};

}  // namespace aorta
