#include "core/plugin/outside.hpp"

namespace aorta::plugin {
namespace {

template <class T, class... Arguments>
std::shared_ptr<T> there_or_new(const std::shared_ptr<T>& there, Arguments&&... arguments) {
  return there ? there : std::make_shared<T>(std::forward<Arguments>(arguments)...);
}

}  // namespace

Outside::Outside(const Surroundings& surroundings)
    : state(there_or_new(surroundings.state, "")),
      owner(surroundings.owner),
      metrics(there_or_new(surroundings.metrics)),
      secrets(there_or_new(surroundings.secrets, std::vector<SecretOrigin>())) {}

}  // namespace aorta::plugin
