#include "core/plugin/worker/session.hpp"

#include <cstdlib>

#include "aorta/abi/host.h"
#include "aorta/abi/types.h"
#include "core/plugin/worker/process.hpp"

namespace aorta::plugin::worker {
namespace {

Session* the_session = nullptr;

constexpr Clock::time_point kNever = Clock::time_point::max();

std::int32_t cancelled(const aorta_host*) { return static_cast<std::int32_t>(the_session->board().cancelled.load()); }

}  // namespace

extern const aorta_cancel kWorkerCancel;
const aorta_cancel kWorkerCancel{sizeof(aorta_cancel), 0, &cancelled};

Session::Session(SharedMemory memory)
    : memory_(std::move(memory)), channel_(kSocket, -1, memory_.to_host(), memory_.to_worker()) {
  the_session = this;
}

Session& Session::instance() { return *the_session; }

Result<Channel::Frame> Session::next() { return channel_.receive(kNever); }

// Without a host there is nothing left to do.
void Session::send(Type type, std::string_view payload) {
  if (channel_.send(type, payload, kNever).has_error()) std::_Exit(EXIT_SUCCESS);
}

void Session::answer_failure(std::int32_t code, const Error& error) {
  std::string payload;
  Writer writer(payload);
  writer.put(code);
  put_error(writer, error);
  send(Type::Failed, payload);
}

Result<std::string> Session::ask(Type type, std::string_view payload, const Serve& serve) {
  send(type, payload);
  for (;;) {
    auto frame = channel_.receive(kNever);
    if (frame.has_error()) std::_Exit(EXIT_SUCCESS);
    std::string kept(frame->payload);
    if (frame->type == Type::Done) return kept;
    Reader reader(kept);
    if (frame->type != Type::Compose) return take_error(reader);
    send(Type::Done, serve(kept));
  }
}

Surroundings Session::surroundings(std::string name) {
  auto log = [this](int level, std::string_view, std::string_view text) {
    std::string payload;
    Writer writer(payload);
    writer.put(static_cast<std::int32_t>(level));
    writer.text(text);
    (void)channel_.send_aside(Type::Log, payload, kNever);
  };
  return {.name = std::move(name), .log = log, .instead = &worker_interface};
}

}  // namespace aorta::plugin::worker
