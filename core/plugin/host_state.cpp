// state/1
#include <vector>

#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/outside.hpp"

namespace aorta::plugin {
namespace {

std::int32_t get(const aorta_host* host, aorta_str key, void* context, void (*give)(void* context, aorta_str value)) {
  Outside& outside = *Instance::of(host).outside();
  Result<std::optional<std::string>> found = outside.state->get(outside.owner, view(key));
  if (found.has_error()) return fail_with(found.error());
  if (*found) give(context, to_abi(**found));
  return AORTA_OK;
}

std::int32_t put(const aorta_host* host, const aorta_pair* entries, std::uint64_t count) {
  Outside& outside = *Instance::of(host).outside();
  std::vector<StateFile::Entry> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    StateFile::Entry& entry = all.emplace_back(StateFile::Entry{view(entries[i].name), std::nullopt});
    if (entries[i].value.data) entry.value = view(entries[i].value);
  }
  Result<void> kept = outside.state->put(outside.owner, all);
  return kept.has_error() ? fail_with(kept.error()) : AORTA_OK;
}

std::int32_t each(
    const aorta_host* host, aorta_str prefix, void* context, void (*give)(void* context, aorta_str key, aorta_str value)
) {
  Outside& outside = *Instance::of(host).outside();
  auto tell = [&](std::string_view key, std::string_view value) { give(context, to_abi(key), to_abi(value)); };
  Result<void> done = outside.state->each(outside.owner, view(prefix), tell);
  return done.has_error() ? fail_with(done.error()) : AORTA_OK;
}

}  // namespace

const aorta_state kStateApi{sizeof(aorta_state), 0, &get, &put, &each};

}  // namespace aorta::plugin
