// Nothing thrown leaves the plugin's library: a library with a C++ runtime of its own would abort the host.
#pragma once

#include <exception>
#include <new>
#include <type_traits>

#include "aorta/host.hpp"

namespace aorta::detail {

inline std::int32_t fail(const aorta_host* host, std::int32_t code, std::string_view reason, std::string_view message) {
  host->fail(host, code, to_abi(reason), to_abi(message));
  return code;
}

// Runs `call`; what it throws becomes host->fail and a code. `unforeseen`: the code of what is no Failure.
template <class Call>
std::int32_t guard(const aorta_host* host, std::int32_t unforeseen, Call call) noexcept {
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      return AORTA_OK;
    } else {
      return static_cast<std::int32_t>(call());
    }
  } catch (const Failure& failure) {
    return fail(host, failure.code(), failure.reason(), failure.message());
  } catch (const std::bad_alloc&) {
    return fail(host, AORTA_RETRY, "out-of-memory", "the plugin found no memory");
  } catch (const std::exception& e) {
    return fail(host, unforeseen, "plugin-threw", e.what());
  } catch (...) {
    return fail(host, unforeseen, "plugin-threw", "the plugin threw something that is no std::exception");
  }
}

}  // namespace aorta::detail
