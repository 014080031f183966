// The connection between the host and a worker. Frames are posted in memory that both share where they fit, and looked
// for there for a moment before anyone sleeps; a bell wakes who does; a socket carries the rest.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/plugin/worker/bell.hpp"
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
  // died, or -1 for a side that believes the other one: what that has posted is read where it lies. `their` bell wakes
  // the other side, `own` this one. All outlive it.
  Channel(int socket, int peer, const Bell& their, const Bell& own, Area outgoing, Area incoming)
      : socket_(socket), peer_(peer), their_(their), own_(own), outgoing_(outgoing), incoming_(incoming) {}

  // One frame until the other side has sent one. Reasons of failure, of all: "closed", "timed-out", "garbage".
  Result<void> send(Type type, std::string_view payload, Clock::time_point deadline);
  // For frames that any thread may send between others: they never touch the shared memory.
  Result<void> send_aside(Type type, std::string_view payload, Clock::time_point deadline);
  struct Frame {
    Type type = Type::Done;
    std::string_view payload;
  };
  Result<Frame> receive(Clock::time_point deadline);
  // The same where the other side has more to do than this frame, so that nobody waits for this side while it wakes up.
  // `wanted`: how many frames are worth to be woken for.
  Result<Frame> receive_at_leisure(Clock::time_point deadline, std::uint32_t wanted);

  // Where the payload of the next frame can be put together, to be posted then: for a side that alone knows what is
  // under way. nullptr: it is too long, and has to be sent.
  char* room(std::size_t size) const { return size <= outgoing_.slot_size ? outgoing_.memory(posted_) : nullptr; }
  void post(Type type, std::size_t size);

 private:
  // On the socket.
  struct Header {
    std::uint32_t type = 0;
    std::uint32_t posted = 0;  // how many frames were posted before this one
    std::uint64_t size = 0;
  };
  static bool is_frame(const Header& header);
  void post_locked(Type type, std::size_t size);
  Result<void> send_on_socket(Type type, std::string_view payload, Clock::time_point deadline);
  std::uint32_t waiting() const { return incoming_.box->posted.load(std::memory_order_seq_cst) - taken_; }
  bool has_aside() const { return incoming_.box->aside.load(std::memory_order_acquire) != taken_aside_; }
  bool shares_core() const;
  bool is_there(std::uint32_t wanted = 1) const { return waiting() >= wanted || has_aside() || announced_; }
  bool is_there_soon();
  Result<std::optional<Frame>> take(Clock::time_point deadline);
  Result<Frame> take_posted();
  Result<Frame> take_aside(Clock::time_point deadline);
  Result<Header> read_header(Clock::time_point deadline);
  Result<void> sleep(Clock::time_point deadline, std::uint32_t wanted);
  Result<void> check_socket() const;
  Result<void> write_all(const char* data, std::size_t size, Clock::time_point deadline);
  Result<void> read_all(char* data, std::size_t size, Clock::time_point deadline);
  Result<void> read_payload(std::uint64_t size, Clock::time_point deadline);
  Result<void> wait(short events, const Bell* bell, Clock::time_point deadline) const;

  int socket_;
  int peer_;
  const Bell& their_;
  const Bell& own_;
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
