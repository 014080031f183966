// secret/1
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/outside.hpp"

namespace aorta::plugin {
namespace {

std::int32_t read(
    const aorta_host* host, aorta_str member, void* context, void (*give)(void* context, aorta_str value)
) {
  Result<std::string> text = Instance::of(host).outside()->secrets->read(view(member));
  if (text.has_error()) return fail_with(text.error());
  give(context, to_abi(*text));
  return AORTA_OK;
}

}  // namespace

const aorta_secret kSecretApi{sizeof(aorta_secret), 0, &read};

}  // namespace aorta::plugin
