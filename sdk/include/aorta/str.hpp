// Text across the boundary: std::string_view with data() == nullptr is the ABI's "absent".
#pragma once

#include <string_view>

#include "aorta/abi/types.h"

namespace aorta {

constexpr aorta_str to_abi(std::string_view text) { return {text.data(), text.size()}; }
constexpr std::string_view view(aorta_str text) {
  return text.data ? std::string_view(text.data, static_cast<std::size_t>(text.size)) : std::string_view();
}

}  // namespace aorta
