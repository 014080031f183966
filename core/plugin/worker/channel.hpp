// The connection between the host and a worker. Frames are posted in memory that both share where they fit, and looked
// for there for a moment before anyone sleeps; the socket wakes who does, and carries the rest.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/plugin/worker/shared_memory.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

using Clock = std::chrono::steady_clock;

// send() on any thread, receive() on one at a time. A payload that is given lives until the next receive(). Frames come
// in the order they were sent in, whichever way they took.
class Channel {
 public:
  // Longer payloads are garbage: what holds the largest record that a pipeline file can allow, and what comes of it.
  static constexpr std::uint64_t kMaxPayload = 2ull * 1024 * 1024 * 1024;

  // `outgoing` and `incoming` are this side's areas. `peer`: a descriptor that is readable once the other side has
  // died, or -1 for a side that believes the other one: what that has posted is read where it lies. Owns neither.
  Channel(int socket, int peer, Area outgoing, Area incoming)
      : socket_(socket), peer_(peer), outgoing_(outgoing), incoming_(incoming) {}

  // One frame until the other side has sent one. Reasons of failure, of all: "closed", "timed-out", "garbage".
  Result<void> send(Type type, std::string_view payload, Clock::time_point deadline);
  // For frames that any thread may send between others: they never touch the shared memory.
  Result<void> send_aside(Type type, std::string_view payload, Clock::time_point deadline);
  struct Frame {
    Type type = Type::Done;
    std::string_view payload;
  };
  Result<Frame> receive(Clock::time_point deadline);
  // The first part of an answer that takes so long that it is worth to sleep until `wanted` parts are there.
  Result<Frame> receive_late(Clock::time_point deadline, std::uint32_t wanted);

 private:
  // On the socket. Type 0: who sleeps is to wake up.
  struct Header {
    std::uint32_t type = 0;
    std::uint32_t posted = 0;  // how many frames were posted before this one
    std::uint64_t size = 0;
  };
  static bool is_knock(const Header& header);
  static bool is_frame(const Header& header);
  Result<void> post(Type type, std::size_t size, Clock::time_point deadline);
  Result<void> send_on_socket(Type type, std::string_view payload, Clock::time_point deadline);
  std::uint32_t waiting() const { return incoming_.box->posted.load(std::memory_order_seq_cst) - taken_; }
  bool has_aside() const { return incoming_.box->aside.load(std::memory_order_acquire) != taken_aside_; }
  bool shares_core() const;
  bool is_there(std::uint32_t wanted) const;
  bool is_there_soon();
  Result<std::optional<Frame>> take(Clock::time_point deadline);
  Result<Frame> take_posted(Clock::time_point deadline);
  Result<Frame> take_aside(Clock::time_point deadline);
  Result<Header> read_header(Clock::time_point deadline);
  Result<void> sleep(Clock::time_point deadline, std::uint32_t wanted);
  Result<void> take_knock(Clock::time_point deadline);
  Result<void> check_socket(Clock::time_point deadline);
  Result<void> write_all(const char* data, std::size_t size, Clock::time_point deadline);
  Result<void> read_all(char* data, std::size_t size, Clock::time_point deadline);
  Result<void> read_payload(std::uint64_t size, Clock::time_point deadline);
  Result<void> wait(short events, Clock::time_point deadline) const;

  int socket_;
  int peer_;
  Area outgoing_, incoming_;
  std::mutex sending_;
  std::uint32_t posted_ = 0;  // frames, by this side
  std::uint32_t aside_ = 0;
  std::uint32_t taken_ = 0;  // as the other side counts
  std::uint32_t taken_aside_ = 0;
  std::optional<Header> announced_;  // the next frame on the socket, whose turn has not come
  std::string received_;
  std::chrono::microseconds look_{100};  // how long a frame is looked for before this side sleeps
};

}  // namespace aorta::plugin::worker
