// state/1 as a worker has it: the host is asked.
#include "core/plugin/failure.hpp"
#include "core/plugin/handles.hpp"
#include "core/plugin/worker/session.hpp"

namespace aorta::plugin::worker {

extern const aorta_state kWorkerState;

namespace {

// Reads the host's answer.
template <class Take>
std::int32_t ask(Type type, std::string_view request, Take take) {
  Result<std::string> answer = Session::instance().ask(type, request);
  if (answer.has_error()) return fail_with(answer.error());
  Reader reader(*answer);
  take(reader);
  if (reader.ended()) return AORTA_OK;
  return fail_with(Error("plugin-failed", "the host's answer cannot be read"), AORTA_FATAL);
}

std::int32_t get(const aorta_host*, aorta_str key, void* context, void (*give)(void* context, aorta_str value)) {
  std::string request;
  Writer(request).text(view(key));
  return ask(Type::StateGet, request, [&](Reader& reader) {
    std::string_view value = reader.text();
    if (reader.good() && value.data()) give(context, to_abi(value));
  });
}

std::int32_t put(const aorta_host*, const aorta_pair* entries, std::uint64_t count) {
  std::string request;
  Writer writer(request);
  writer.put(static_cast<std::uint32_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    writer.text(view(entries[i].name));
    writer.text(view(entries[i].value));
  }
  return ask(Type::StatePut, request, [](Reader&) {});
}

std::int32_t each(
    const aorta_host*, aorta_str prefix, void* context, void (*give)(void* context, aorta_str key, aorta_str value)
) {
  std::string request;
  Writer(request).text(view(prefix));
  return ask(Type::StateEach, request, [&](Reader& reader) {
    for (std::uint32_t left = reader.count(2 * sizeof(std::uint32_t)); left > 0; --left) {
      std::string_view key = reader.text();
      std::string_view value = reader.text();
      if (reader.good()) give(context, to_abi(key), to_abi(value));
    }
  });
}

}  // namespace

const aorta_state kWorkerState{sizeof(aorta_state), 0, &get, &put, &each};

}  // namespace aorta::plugin::worker
