#include "core/plugin/worker/channel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace aorta::plugin::worker {
namespace {

constexpr std::chrono::microseconds kLookedFor{30};
constexpr int kLooks = 32;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

Error garbage() { return Error("garbage", "what came is no frame"); }

bool is_known(std::uint32_t type) {
  return type >= static_cast<std::uint32_t>(Type::Hello) && type <= static_cast<std::uint32_t>(kLastType);
}

Error closed() { return Error("closed", "the connection was closed"); }

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int milliseconds_until(Clock::time_point deadline) {
  using std::chrono::milliseconds;
  auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(3'600'000)).count());
}

}  // namespace

Result<void> Channel::wait(short events, Clock::time_point deadline) const {
  pollfd watched[] = {{socket_, events, 0}, {peer_, POLLIN, 0}};
  for (;;) {
    int ready = poll(watched, peer_ < 0 ? 1 : 2, milliseconds_until(deadline));
    if (ready < 0 && errno != EINTR) return closed();
    if (watched[0].revents & events) return {};
    if (ready > 0) return closed();  // dead, and nothing is left to be read
    if (Clock::now() >= deadline) return Error("timed-out", "no answer came in time");
  }
}

Result<void> Channel::write_all(const char* data, std::size_t size, Clock::time_point deadline) {
  while (size > 0) {
    ssize_t sent = ::send(socket_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !would_block()) return closed();
    if (sent < 0) {
      AORTA_CHECK(wait(POLLOUT, deadline));
      continue;
    }
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return {};
}

Result<void> Channel::read_all(char* data, std::size_t size, Clock::time_point deadline) {
  while (size > 0) {
    ssize_t got = ::recv(socket_, data, size, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && !would_block())) return closed();
    if (got < 0) {
      AORTA_CHECK(wait(POLLIN, deadline));
      continue;
    }
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<void> Channel::send(Type type, std::string_view payload, Clock::time_point deadline) {
  if (payload.size() > outgoing_.size) return send_aside(type, payload, deadline);
  std::lock_guard lock(sending_);
  if (!payload.empty()) std::memcpy(outgoing_.data, payload.data(), payload.size());
  return post(type, payload.size(), deadline);
}

// Who is about to sleep says so before it looks for the last time: one of both sees the other.
Result<void> Channel::post(Type type, std::size_t size, Clock::time_point deadline) {
  Box& box = *outgoing_.box;
  box.type.store(static_cast<std::uint32_t>(type), std::memory_order_relaxed);
  box.size.store(size, std::memory_order_relaxed);
  box.posted.store(++posted_, std::memory_order_seq_cst);
  if (box.sleeping.load(std::memory_order_seq_cst) == 0) return {};
  Header knock;
  return write_all(reinterpret_cast<const char*>(&knock), sizeof knock, deadline);
}

Result<void> Channel::send_aside(Type type, std::string_view payload, Clock::time_point deadline) {
  std::lock_guard lock(sending_);
  Header header{static_cast<std::uint32_t>(type), 0, payload.size()};
  AORTA_CHECK(write_all(reinterpret_cast<const char*>(&header), sizeof header, deadline));
  return write_all(payload.data(), payload.size(), deadline);
}

// What came over the socket goes first: it was sent before what was seen to be posted, or it is not to be there.
Result<Channel::Frame> Channel::receive(Clock::time_point deadline) {
  for (;;) {
    bool posted = is_posted();
    AORTA_TRY(header, look(deadline));
    if (header && header->type == 0 && header->size == 0) continue;
    if (header) return receive_aside(*header, deadline);
    if (posted) return take_posted();
    if (!is_posted_soon()) AORTA_CHECK(sleep(deadline));
  }
}

// Copied out of the shared memory before anyone looks: the other side could change it in between.
Result<Channel::Frame> Channel::take_posted() {
  const Box& box = *incoming_.box;
  taken_ = box.posted.load(std::memory_order_acquire);
  std::uint32_t type = box.type.load(std::memory_order_relaxed);
  std::uint64_t size = box.size.load(std::memory_order_relaxed);
  if (!is_known(type) || size > incoming_.size) return garbage();
  if (peer_ < 0) return Frame{static_cast<Type>(type), {incoming_.data, size}};
  received_.assign(incoming_.data, size);
  return Frame{static_cast<Type>(type), received_};
}

// What is on the socket, if anything is; never waits for the beginning of a frame.
Result<std::optional<Channel::Header>> Channel::look(Clock::time_point deadline) {
  Header header;
  auto* to = reinterpret_cast<char*>(&header);
  ssize_t got = ::recv(socket_, to, sizeof header, MSG_DONTWAIT);
  if (got < 0 && would_block()) return std::optional<Header>();
  if (got <= 0) return closed();
  auto read = static_cast<std::size_t>(got);
  AORTA_CHECK(read_all(to + read, sizeof header - read, deadline));
  return std::optional<Header>(header);
}

Result<Channel::Frame> Channel::receive_aside(const Header& header, Clock::time_point deadline) {
  if (!is_known(header.type) || header.reserved != 0 || header.size > kMaxPayload) return garbage();
  AORTA_CHECK(read_payload(header.size, deadline));
  return Frame{static_cast<Type>(header.type), received_};
}

// Waking a process costs more than what is usually waited for.
bool Channel::is_posted_soon() const {
  static const bool alone = std::thread::hardware_concurrency() < 2;
  if (alone) return is_posted();
  Clock::time_point end = Clock::now() + kLookedFor;
  do {
    for (int i = 0; i < kLooks; ++i) {
      if (is_posted()) return true;
      pause();
    }
  } while (Clock::now() < end);
  return false;
}

Result<void> Channel::sleep(Clock::time_point deadline) const {
  incoming_.box->sleeping.store(1, std::memory_order_seq_cst);
  bool posted = incoming_.box->posted.load(std::memory_order_seq_cst) != taken_;
  Result<void> woken = posted ? Result<void>() : wait(POLLIN, deadline);
  incoming_.box->sleeping.store(0, std::memory_order_relaxed);
  return woken;
}

// In steps: memory is taken for what has come, not for what was announced.
Result<void> Channel::read_payload(std::uint64_t size, Clock::time_point deadline) {
  constexpr std::uint64_t kStep = 4 * 1024 * 1024;
  received_.clear();
  while (received_.size() < size) {
    std::size_t before = received_.size();
    received_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size, before + kStep)));
    AORTA_CHECK(read_all(received_.data() + before, received_.size() - before, deadline));
  }
  return {};
}

}  // namespace aorta::plugin::worker
