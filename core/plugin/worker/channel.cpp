#include "core/plugin/worker/channel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aorta::plugin::worker {
namespace {

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
    ssize_t got = ::recv(socket_, data, size, deadline == Clock::time_point::max() ? 0 : MSG_DONTWAIT);
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
  std::memcpy(outgoing_.data, payload.data(), payload.size());
  Header header{static_cast<std::uint32_t>(type), 1, payload.size()};
  return write_all(reinterpret_cast<const char*>(&header), sizeof header, deadline);
}

Result<void> Channel::send_aside(Type type, std::string_view payload, Clock::time_point deadline) {
  std::lock_guard lock(sending_);
  Header header{static_cast<std::uint32_t>(type), 0, payload.size()};
  AORTA_CHECK(write_all(reinterpret_cast<const char*>(&header), sizeof header, deadline));
  return write_all(payload.data(), payload.size(), deadline);
}

// Copied out of the shared memory before anyone looks: the other side could change it in between.
Result<Channel::Frame> Channel::receive(Clock::time_point deadline) {
  Header header;
  AORTA_CHECK(read_all(reinterpret_cast<char*>(&header), sizeof header, deadline));
  bool known = header.type >= static_cast<std::uint32_t>(Type::Hello) &&
               header.type <= static_cast<std::uint32_t>(kLastType) && header.is_shared <= 1;
  std::uint64_t most = header.is_shared == 1 ? incoming_.size : kMaxPayload;
  if (!known || header.size > most) return Error("garbage", "what came is no frame");
  if (header.is_shared == 1) {
    received_.assign(incoming_.data, header.size);
  } else {
    AORTA_CHECK(read_payload(header.size, deadline));
  }
  return Frame{static_cast<Type>(header.type), received_};
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
