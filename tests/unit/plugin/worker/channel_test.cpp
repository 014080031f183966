#include "core/plugin/worker/channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

using namespace aorta;
using namespace aorta::plugin::worker;
using namespace std::chrono_literals;

namespace {

// Both sides of a connection, in one process.
struct Ends {
  ~Ends() {
    close(sockets[0]);
    if (sockets[1] >= 0) close(sockets[1]);
  }
  static Clock::time_point soon() { return Clock::now() + 5s; }

  struct Pair {
    Pair() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0); }
    int operator[](int side) const { return ends[side]; }
    int ends[2] = {-1, -1};
  };
  Pair sockets;
  SharedMemory memory = *SharedMemory::make();
  Channel host{sockets[0], sockets[0], memory.to_worker(), memory.to_host()};
  Channel worker{sockets[1], -1, memory.to_host(), memory.to_worker()};
};

std::string_view reason(const Result<Channel::Frame>& frame) {
  return frame.has_error() ? frame.error().reason() : "none";
}

}  // namespace

TEST_CASE("channel: frames of any size arrive as they were sent, in both directions", "[plugin]") {
  Ends ends;
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, SharedMemory::kPart, SharedMemory::kPart + 1, SharedMemory::kRequest + 1}) {
    std::string payload(size, 'x');
    std::thread sender([&] { CHECK(ends.host.send(Type::Normalize, payload, Ends::soon()).has_value()); });
    auto asked = ends.worker.receive(Ends::soon());
    sender.join();
    REQUIRE(asked.has_value());
    CHECK(asked->type == Type::Normalize);
    CHECK(asked->payload == payload);
    std::thread answerer([&] { CHECK(ends.worker.send(Type::Done, payload, Ends::soon()).has_value()); });
    auto answer = ends.host.receive(Ends::soon());
    answerer.join();
    REQUIRE(answer.has_value());
    CHECK(answer->payload == payload);
  }
}

TEST_CASE("channel: a thousand turns, awake or asleep", "[plugin]") {
  Ends ends;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) {
      auto asked = ends.worker.receive(Ends::soon());
      if (asked.has_error()) return;
      std::string answer = std::string(asked->payload) + "!";
      if (i % 100 == 50) std::this_thread::sleep_for(1ms);
      if (ends.worker.send(Type::Done, answer, Ends::soon()).has_error()) return;
    }
  });
  int right = 0;
  for (int i = 0; i < 1000; ++i) {
    if (i % 100 == 0) std::this_thread::sleep_for(1ms);
    if (ends.host.send(Type::Poll, std::to_string(i), Ends::soon()).has_error()) break;
    auto answer = ends.host.receive(Ends::soon());
    right += answer.has_value() && answer->payload == std::to_string(i) + "!" ? 1 : 0;
  }
  other.join();
  CHECK(right == 1000);
}

TEST_CASE("channel: what is sent aside comes before what is posted later", "[plugin]") {
  Ends ends;
  REQUIRE(ends.worker.send_aside(Type::Log, "one", Ends::soon()).has_value());
  REQUIRE(ends.worker.send_aside(Type::Log, "two", Ends::soon()).has_value());
  REQUIRE(ends.worker.send(Type::Done, "three", Ends::soon()).has_value());
  for (const char* expected : {"one", "two", "three"}) {
    auto frame = ends.host.receive(Ends::soon());
    REQUIRE(frame.has_value());
    CHECK(frame->payload == expected);
  }
}

TEST_CASE("channel: the host's copy does not change when the worker writes again", "[plugin]") {
  Ends ends;
  REQUIRE(ends.worker.send(Type::Done, "first", Ends::soon()).has_value());
  auto frame = ends.host.receive(Ends::soon());
  REQUIRE(frame.has_value());
  ends.memory.to_host().memory(0)[0] = 'X';
  CHECK(frame->payload == "first");
}

TEST_CASE("channel: waiting ends at the deadline, and when the other side is gone", "[plugin]") {
  Ends ends;
  CHECK(reason(ends.worker.receive(Clock::now() + 20ms)) == "timed-out");
  REQUIRE(ends.worker.send(Type::Done, "left behind", Ends::soon()).has_value());
  close(ends.sockets[1]);
  ends.sockets.ends[1] = -1;
  CHECK(reason(ends.host.receive(Ends::soon())) == "closed");
}

TEST_CASE("channel: an answer in parts comes in order, whichever way each part takes", "[plugin]") {
  for (int long_one = 0; long_one < 8; ++long_one) {
    Ends ends;
    auto payload = [&](int i) { return std::string(i == long_one ? SharedMemory::kPart + 1 : 10, char('a' + i)); };
    std::thread worker([&] {
      for (int i = 0; i < 7; ++i) {
        (void)ends.worker.send(Type::Part, payload(i), Ends::soon());
        (void)ends.worker.send_aside(Type::Log, payload(i), Ends::soon());
      }
      (void)ends.worker.send(Type::Done, payload(7), Ends::soon());
    });
    for (int i = 0; i < 15; ++i) {
      auto frame = i == 0 ? ends.host.receive_late(Ends::soon(), 5) : ends.host.receive(Ends::soon());
      if (frame.has_error()) worker.join();
      REQUIRE(reason(frame) == "none");
      CHECK(frame->type == (i == 14 ? Type::Done : i % 2 == 0 ? Type::Part : Type::Log));
      CHECK(frame->payload == payload(i / 2));
    }
    worker.join();
  }
}

TEST_CASE("channel: who waits for parts is woken for fewer if they are all", "[plugin]") {
  Ends ends;
  std::thread worker([&] {
    std::this_thread::sleep_for(5ms);
    (void)ends.worker.send(Type::Part, "one", Ends::soon());
    std::this_thread::sleep_for(5ms);
    (void)ends.worker.send(Type::Done, "two", Ends::soon());
  });
  CHECK(ends.host.receive_late(Ends::soon(), 5)->payload == "one");
  CHECK(ends.host.receive(Ends::soon())->payload == "two");
  worker.join();
}

TEST_CASE("channel: more frames than there are slots are nonsense", "[plugin]") {
  for (std::uint32_t posted : {9u, 0x80000000u, 0xFFFFFFFFu}) {
    Ends ends;
    Area area = ends.memory.to_host();
    for (std::uint32_t i = 0; i < area.slots; ++i) area.slot(i).type = static_cast<std::uint32_t>(Type::Part);
    area.box->posted = posted;
    CHECK(reason(ends.host.receive(Ends::soon())) == "garbage");
  }
}

TEST_CASE("channel: nonsense is told as such, on the socket and in the memory", "[plugin]") {
  struct Header {
    std::uint32_t type, posted;
    std::uint64_t size;
  };
  for (Header header : {Header{99, 0, 0}, Header{7, 2, 0}, Header{7, 0, std::uint64_t{1} << 60}, Header{0, 0, 5}}) {
    Ends ends;
    REQUIRE(write(ends.sockets[1], &header, sizeof header) == sizeof header);
    ends.memory.to_host().box->aside = 1;
    CHECK(reason(ends.host.receive(Ends::soon())) == "garbage");
  }
  for (Header header : {Header{99, 0, 0}, Header{0, 0, 0}, Header{7, 0, SharedMemory::kPart + 1}}) {
    Ends ends;
    Area area = ends.memory.to_host();
    area.slot(0).type = header.type;
    area.slot(0).size = header.size;
    area.box->posted = 1;
    CHECK(reason(ends.host.receive(Ends::soon())) == "garbage");
  }
}

TEST_CASE("channel: a frame that was not counted is nonsense, also behind an answer", "[plugin]") {
  for (bool answered : {false, true}) {
    Ends ends;
    std::uint32_t header[] = {static_cast<std::uint32_t>(Type::Log), 0, 0, 0};
    REQUIRE(write(ends.sockets[1], header, sizeof header) == sizeof header);
    if (answered) REQUIRE(ends.worker.send(Type::Done, "answer", Ends::soon()).has_value());
    CHECK(reason(ends.host.receive(Ends::soon())) == "garbage");
  }
}

TEST_CASE("channel: no part behind nonsense is believed, nor behind the end", "[plugin]") {
  for (bool ended : {false, true}) {
    Ends ends;
    REQUIRE(ends.worker.send(Type::Part, "one", Ends::soon()).has_value());
    CHECK(ends.host.receive(Ends::soon())->payload == "one");
    if (!ended) REQUIRE(write(ends.sockets[1], "nonsense, nonsense", 18) == 18);
    if (ended) shutdown(ends.sockets[1], SHUT_RDWR);
    REQUIRE(ends.worker.send(Type::Part, "two", Ends::soon()).has_value());
    CHECK(reason(ends.host.receive(Ends::soon())) == (ended ? "closed" : "garbage"));
  }
}

TEST_CASE("channel: half a frame is waited for until the deadline", "[plugin]") {
  for (std::uint32_t counted : {0u, 1u}) {
    Ends ends;
    ends.memory.to_host().box->aside = counted;
    REQUIRE(write(ends.sockets[1], "half", 4) == 4);
    CHECK(reason(ends.host.receive(Clock::now() + 30ms)) == "timed-out");
  }
}
