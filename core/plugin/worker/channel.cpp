#include "core/plugin/worker/channel.hpp"

#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace aorta::plugin::worker {
namespace {

constexpr std::chrono::microseconds kShortestLook{10};
constexpr std::chrono::microseconds kLongestLook{250};
constexpr int kLooks = 32;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  sched_yield();
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

// Until the socket is ready, or the bell was rung.
Result<void> Channel::wait(short events, const Bell* bell, Clock::time_point deadline) const {
  pollfd watched[] = {{socket_, events, 0}, {bell ? bell->descriptor() : -1, POLLIN, 0}, {peer_, POLLIN, 0}};
  auto is_ready = [&] { return (watched[0].revents & events) != 0 || (watched[1].revents & POLLIN) != 0; };
  for (;;) {
    int ready = poll(watched, 3, milliseconds_until(deadline));
    if (ready < 0 && errno != EINTR) return closed();
    if (ready > 0 && is_ready()) return {};
    // Dead; what it has sent is there by now, even if it was not as this side began to look.
    if (ready > 0) return poll(watched, 2, 0) > 0 && is_ready() ? Result<void>() : closed();
    if (Clock::now() >= deadline) return Error("timed-out", "no answer came in time");
  }
}

Result<void> Channel::write_all(const char* data, std::size_t size, Clock::time_point deadline) {
  while (size > 0) {
    ssize_t sent = ::send(socket_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !would_block()) return closed();
    if (sent < 0) {
      AORTA_CHECK(wait(POLLOUT, nullptr, deadline));
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
      AORTA_CHECK(wait(POLLIN, nullptr, deadline));
      continue;
    }
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<void> Channel::send(Type type, std::string_view payload, Clock::time_point deadline) {
  std::lock_guard lock(sending_);
  if (payload.size() > outgoing_.slot_size) return send_on_socket(type, payload, deadline);
  if (!payload.empty()) std::memcpy(outgoing_.memory(posted_), payload.data(), payload.size());
  post_locked(type, payload.size());
  return {};
}

void Channel::post(Type type, std::size_t size) {
  std::lock_guard lock(sending_);
  post_locked(type, size);
}

Result<void> Channel::send_aside(Type type, std::string_view payload, Clock::time_point deadline) {
  std::lock_guard lock(sending_);
  return send_on_socket(type, payload, deadline);
}

// Who is about to sleep says so before it looks for the last time: one of both sees the other.
void Channel::post_locked(Type type, std::size_t size) {
  Box& box = *outgoing_.box;
  Slot& slot = outgoing_.slot(posted_);
  slot.type.store(static_cast<std::uint32_t>(type), std::memory_order_relaxed);
  slot.size.store(size, std::memory_order_relaxed);
  box.core.store(static_cast<std::uint32_t>(sched_getcpu()), std::memory_order_relaxed);
  box.posted.store(++posted_, std::memory_order_seq_cst);
  bool enough = static_cast<std::int32_t>(posted_ - box.wanted.load(std::memory_order_relaxed)) >= 0;
  if (box.sleeping.load(std::memory_order_seq_cst) != 0 && enough) their_.ring();
}

// Counted first: the other side reads while this one writes.
Result<void> Channel::send_on_socket(Type type, std::string_view payload, Clock::time_point deadline) {
  outgoing_.box->aside.store(++aside_, std::memory_order_release);
  Header header{static_cast<std::uint32_t>(type), posted_, payload.size()};
  AORTA_CHECK(write_all(reinterpret_cast<const char*>(&header), sizeof header, deadline));
  return write_all(payload.data(), payload.size(), deadline);
}

Result<Channel::Frame> Channel::receive(Clock::time_point deadline) {
  for (;;) {
    AORTA_TRY(frame, take(deadline));
    if (frame) return *frame;
    if (!is_there_soon()) AORTA_CHECK(sleep(deadline, 1));
  }
}

Result<Channel::Frame> Channel::receive_at_leisure(Clock::time_point deadline, std::uint32_t wanted) {
  if (!is_there()) AORTA_CHECK(sleep(deadline, wanted));
  return receive(deadline);
}

// Then only one of both sides gets on at a time.
bool Channel::shares_core() const {
  return incoming_.box->core.load(std::memory_order_relaxed) == static_cast<std::uint32_t>(sched_getcpu());
}

// What is posted is counted before the socket is: what was sent before it is seen.
Result<std::optional<Channel::Frame>> Channel::take(Clock::time_point deadline) {
  std::uint32_t posted = waiting();
  if (posted > incoming_.slots) return garbage();
  if (!announced_ && has_aside()) {
    AORTA_TRY(header, read_header(deadline));
    announced_ = header;
    posted = waiting();
  }
  bool aside = announced_ && announced_->posted == taken_;
  if (!aside && posted == 0) return announced_ ? Result<std::optional<Frame>>(garbage()) : std::optional<Frame>();
  AORTA_TRY(frame, aside ? take_aside(deadline) : take_posted());
  return std::optional<Frame>(frame);
}

// Copied out of the shared memory before anyone looks: the other side could change it in between.
Result<Channel::Frame> Channel::take_posted() {
  const Slot& slot = incoming_.slot(taken_);
  const char* data = incoming_.memory(taken_);
  ++taken_;
  std::uint32_t type = slot.type.load(std::memory_order_relaxed);
  std::uint64_t size = slot.size.load(std::memory_order_relaxed);
  if (!is_known(type) || size > incoming_.slot_size) return garbage();
  if (peer_ < 0) return Frame{static_cast<Type>(type), {data, size}};
  AORTA_CHECK(check_socket());
  received_.assign(data, size);
  return Frame{static_cast<Type>(type), received_};
}

Result<Channel::Frame> Channel::take_aside(Clock::time_point deadline) {
  Header header = *std::exchange(announced_, std::nullopt);
  ++taken_aside_;
  AORTA_CHECK(read_payload(header.size, deadline));
  return Frame{static_cast<Type>(header.type), received_};
}

// Of a frame that was counted.
Result<Channel::Header> Channel::read_header(Clock::time_point deadline) {
  Header header;
  AORTA_CHECK(read_all(reinterpret_cast<char*>(&header), sizeof header, deadline));
  return is_frame(header) ? Result<Header>(header) : garbage();
}

bool Channel::is_frame(const Header& header) { return is_known(header.type) && header.size <= kMaxPayload; }

// Waking a process costs more than what is usually waited for. Where looking was in vain, as on a machine that others
// keep busy, less time goes into the next look.
bool Channel::is_there_soon() {
  if (shares_core()) return is_there();
  Clock::time_point end = Clock::now() + look_;
  do {
    for (int i = 0; i < kLooks; ++i) {
      if (is_there()) {
        look_ = std::min(2 * look_, kLongestLook);
        return true;
      }
      pause();
    }
  } while (Clock::now() < end);
  look_ = std::max(look_ / 2, kShortestLook);
  return false;
}

// What is on the socket without having been counted is for check_socket() to find.
Result<void> Channel::sleep(Clock::time_point deadline, std::uint32_t wanted) {
  Box& box = *incoming_.box;
  box.wanted.store(taken_ + wanted, std::memory_order_relaxed);
  box.sleeping.store(1, std::memory_order_seq_cst);
  Result<void> woken = is_there(wanted) ? Result<void>() : wait(POLLIN, &own_, deadline);
  box.sleeping.store(0, std::memory_order_relaxed);
  own_.silence();
  if (is_there()) return {};
  AORTA_CHECK(woken);
  return check_socket();
}

// Nonsense is to be found before what is posted behind it is believed: it is known then who wrote it.
Result<void> Channel::check_socket() const {
  char any;
  if (announced_ || has_aside()) return {};
  ssize_t got = ::recv(socket_, &any, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got < 0 && would_block()) return {};
  if (got <= 0) return closed();
  return has_aside() ? Result<void>() : garbage();
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
