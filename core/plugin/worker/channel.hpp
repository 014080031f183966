// The connection between the host and a worker: frames over a socket, whose payloads lie in memory that both share
// where they fit.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "core/plugin/worker/shared_memory.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

using Clock = std::chrono::steady_clock;

// send() on any thread, receive() on one at a time. A payload that is given lives until the next receive().
class Channel {
 public:
  // Longer payloads are garbage: what holds the largest record that a pipeline file can allow, and what comes of it.
  static constexpr std::uint64_t kMaxPayload = 2ull * 1024 * 1024 * 1024;

  // `outgoing` and `incoming` are this side's areas. `peer`: a descriptor that is readable once the other side has
  // died, or -1. Owns neither.
  Channel(int socket, int peer, Area outgoing, Area incoming)
      : socket_(socket), peer_(peer), outgoing_(outgoing), incoming_(incoming) {}

  // Reasons of failure, of both: "closed", "timed-out", "garbage".
  Result<void> send(Type type, std::string_view payload, Clock::time_point deadline);
  // For frames that any thread may send between others: they never touch the shared memory.
  Result<void> send_aside(Type type, std::string_view payload, Clock::time_point deadline);
  struct Frame {
    Type type = Type::Done;
    std::string_view payload;
  };
  Result<Frame> receive(Clock::time_point deadline);

 private:
  struct Header {
    std::uint32_t type = 0;
    std::uint32_t is_shared = 0;
    std::uint64_t size = 0;
  };
  Result<void> write_all(const char* data, std::size_t size, Clock::time_point deadline);
  Result<void> read_all(char* data, std::size_t size, Clock::time_point deadline);
  Result<void> read_payload(std::uint64_t size, Clock::time_point deadline);
  Result<void> wait(short events, Clock::time_point deadline) const;

  int socket_;
  int peer_;
  Area outgoing_, incoming_;
  std::mutex sending_;
  std::string received_;
};

}  // namespace aorta::plugin::worker
