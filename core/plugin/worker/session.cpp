#include "core/plugin/worker/session.hpp"

#include <cstdlib>

#include "aorta/abi/types.h"
#include "core/plugin/worker/process.hpp"

namespace aorta::plugin::worker {
namespace {

Session* the_session = nullptr;

constexpr Clock::time_point kNever = Clock::time_point::max();

}  // namespace

Session::Session(SharedMemory memory)
    : memory_(std::move(memory)),
      worker_bell_(kWorkerBell),
      host_bell_(kHostBell),
      channel_(kSocket, -1, host_bell_, worker_bell_, memory_.to_host(), memory_.to_worker()),
      metrics_(std::make_shared<MetricBook>()) {
  the_session = this;
}

Session& Session::instance() { return *the_session; }

Result<Channel::Frame> Session::next() { return channel_.receive(kNever); }

// Without a host there is nothing left to do.
void Session::send(Type type, std::string_view payload) {
  if (channel_.send(type, payload, kNever).has_error()) std::_Exit(EXIT_SUCCESS);
}

void Session::answer(std::string_view payload) {
  tell_metrics();
  send(Type::Done, payload);
}

void Session::answer_with(const Page& page) {
  if (page.has_outgrown_slot()) return answer(page.payload());
  tell_metrics();
  channel_.post(Type::Done, page.size());
}

void Session::tell_metrics() {
  std::string changes = teller_.changes(*metrics_);
  if (!changes.empty()) (void)channel_.send_aside(Type::Metrics, changes, kNever);
}

void Session::answer_failure(std::int32_t code, const Error& error) {
  tell_metrics();
  std::string payload;
  Writer writer(payload);
  writer.put(code);
  put_error(writer, error);
  send(Type::Failed, payload);
}

int Session::refuse(const Error& error) {
  answer_failure(AORTA_REJECT, error);
  (void)next();
  return EXIT_SUCCESS;
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

Surroundings Session::surroundings(const Hello& hello) {
  auto log = [this](int level, std::string_view, std::string_view text) {
    std::string payload;
    Writer writer(payload);
    writer.put(static_cast<std::int32_t>(level));
    writer.text(text);
    (void)channel_.send_aside(Type::Log, payload, kNever);
  };
  Surroundings out{.name = hello.name, .log = log, .instead = &worker_interface};
  out.cancelled = [this] { return board().cancelled.load(std::memory_order_relaxed) != 0; };
  out.metrics = metrics_;
  out.secrets = std::make_shared<SecretBook>(hello.secrets);
  return out;
}

}  // namespace aorta::plugin::worker
