#include "core/plugin/worker/state_service.hpp"

#include <vector>

namespace aorta::plugin::worker {

StateService::StateService(const Surroundings& surroundings)
    : state_(surroundings.state ? surroundings.state : std::make_shared<StateFile>("")), owner_(surroundings.owner) {}

bool StateService::knows(Type type) {
  return type == Type::StateGet || type == Type::StatePut || type == Type::StateEach;
}

Result<std::string> StateService::serve(Type type, Reader& request) {
  if (type == Type::StateGet) return get(request);
  if (type == Type::StatePut) return put(request);
  return each(request);
}

Result<std::string> StateService::get(Reader& request) {
  std::string_view key = request.text();
  if (!request.ended()) return std::string();
  AORTA_TRY(found, state_->get(owner_, key));
  std::string out;
  Writer(out).text(found ? std::string_view(*found) : std::string_view());
  return out;
}

Result<std::string> StateService::put(Reader& request) {
  std::vector<StateFile::Entry> entries;
  for (std::uint32_t left = request.count(2 * sizeof(std::uint32_t)); left > 0; --left) {
    StateFile::Entry& entry = entries.emplace_back(StateFile::Entry{request.text(), std::nullopt});
    std::string_view value = request.text();
    if (value.data()) entry.value = value;
  }
  if (!request.ended()) return std::string();
  AORTA_CHECK(state_->put(owner_, entries));
  return std::string();
}

Result<std::string> StateService::each(Reader& request) {
  std::string_view prefix = request.text();
  if (!request.ended()) return std::string();
  std::string out;
  Writer writer(out);
  std::size_t count_at = writer.leave_count();
  std::uint32_t count = 0;
  auto put_entry = [&](std::string_view key, std::string_view value) {
    writer.text(key);
    writer.text(value);
    ++count;
  };
  AORTA_CHECK(state_->each(owner_, prefix, put_entry));
  writer.set_count(count_at, count);
  return out;
}

}  // namespace aorta::plugin::worker
