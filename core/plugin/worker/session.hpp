// A worker's connection to its host. There is one in a process: the plugin's calls find it by instance().
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/plugin/surroundings.hpp"
#include "core/plugin/worker/bell.hpp"
#include "core/plugin/worker/channel.hpp"
#include "core/plugin/worker/hello.hpp"
#include "core/plugin/worker/metric_frames.hpp"
#include "core/plugin/worker/page.hpp"
#include "core/plugin/worker/shared_memory.hpp"

namespace aorta::plugin::worker {

class Session {
 public:
  explicit Session(SharedMemory memory);
  static Session& instance();

  Board& board() { return memory_.board(); }

  // The next thing to do. Errors: the host is gone. The payload lives until the session is used again.
  Result<Channel::Frame> next();
  void answer(std::string_view payload);
  // For an answer in the making, during which nothing is asked of the host.
  void open(Page& page) { page.open(channel_.room(SharedMemory::kFrame), SharedMemory::kFrame); }
  void answer_with(const Page& page);
  void answer_failure(std::int32_t code, const Error& error);
  // The same, and waits for the host to hang up: there is nothing else to do. The exit code of the worker.
  int refuse(const Error& error);

  // Asks the host, inside a call of the plugin. Meanwhile the host may ask back: `serve` answers (Type::Compose only).
  using Serve = std::function<std::string(std::string_view payload)>;
  Result<std::string> ask(Type type, std::string_view payload, const Serve& serve = {});

  // What instances here live in: log, state and what they count go to the host.
  Surroundings surroundings(const Hello& hello);

 private:
  void send(Type type, std::string_view payload);
  void tell_metrics();

  SharedMemory memory_;
  Bell worker_bell_, host_bell_;
  Channel channel_;
  std::shared_ptr<MetricBook> metrics_;
  MetricTeller teller_;
};

// Each until the host hangs up.
int serve_mapping(Session& session, const Hello& hello);
int serve_source(Session& session, const Hello& hello);
int serve_sink(Session& session, const Hello& hello);

// The interfaces of a worker that are not the host's own; nullptr: there is no such. A sink has more of them, which ask
// the host.
const void* worker_interface(std::string_view id);
const void* sink_worker_interface(std::string_view id);

}  // namespace aorta::plugin::worker
