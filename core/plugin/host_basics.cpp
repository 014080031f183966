// log/1, cancel/1, failure/1
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

void write(const aorta_host* host, std::int32_t level, aorta_str message) {
  const Surroundings& surroundings = Instance::of(host).surroundings();
  if (surroundings.log) surroundings.log(level, surroundings.name, view(message));
}

std::int32_t cancelled(const aorta_host* host) { return Instance::of(host).cancelled() ? 1 : 0; }

void last(const aorta_host*, std::int32_t* code, aorta_str* reason, aorta_str* message) {
  const Failure& failure = last_failure();
  *code = failure.code;
  *reason = failure.code == AORTA_OK ? aorta_str{} : to_abi(failure.reason);
  *message = failure.code == AORTA_OK ? aorta_str{} : to_abi(failure.message);
}

}  // namespace

const aorta_log kLogApi{sizeof(aorta_log), 0, &write};
const aorta_cancel kCancelApi{sizeof(aorta_cancel), 0, &cancelled};
const aorta_failure kFailureApi{sizeof(aorta_failure), 0, &last};

}  // namespace aorta::plugin
