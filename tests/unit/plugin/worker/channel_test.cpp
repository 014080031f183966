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
  Bell worker_bell = *Bell::make(), host_bell = *Bell::make(), alive = *Bell::make();
  Channel host{sockets[0], alive.descriptor(), worker_bell, host_bell, memory.to_worker(), memory.to_host()};
  Channel worker{sockets[1], -1, host_bell, worker_bell, memory.to_host(), memory.to_worker()};
};

std::string_view reason(const Result<Channel::Frame>& frame) {
  return frame.has_error() ? frame.error().reason() : "none";
}

}  // namespace

TEST_CASE("channel: frames of any size arrive as they were sent, in both directions", "[plugin]") {
  Ends ends;
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, SharedMemory::kFrame, SharedMemory::kFrame + 1, 3 * SharedMemory::kFrame}) {
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

TEST_CASE("channel: answers to what was asked ahead come in order, whichever way each takes", "[plugin]") {
  for (int long_one = 0; long_one < 6; ++long_one) {
    Ends ends;
    auto payload = [&](int i) { return std::string(i == long_one ? SharedMemory::kFrame + 1 : 10, char('a' + i)); };
    std::thread worker([&] {
      for (int i = 0; i < 6; ++i) {
        auto asked = ends.worker.receive(Ends::soon());
        std::string answer(asked.has_value() ? asked->payload : "nothing");
        (void)ends.worker.send_aside(Type::Log, answer.substr(0, 1), Ends::soon());
        (void)ends.worker.send(Type::Done, answer, Ends::soon());
      }
    });
    int asked = 0, right = 0;
    for (int answered = 0; answered < 6; ++answered) {
      for (; asked < answered + 2 && asked < 6; ++asked) (void)ends.host.send(Type::Poll, payload(asked), Ends::soon());
      auto log = ends.host.receive_at_leisure(Ends::soon(), 1);
      right += log.has_value() && log->type == Type::Log && log->payload == payload(answered).substr(0, 1) ? 1 : 0;
      auto answer = ends.host.receive(Ends::soon());
      right += answer.has_value() && answer->type == Type::Done && answer->payload == payload(answered) ? 1 : 0;
    }
    worker.join();
    CHECK(right == 12);
  }
}

TEST_CASE("channel: what was put together in its room is posted as it is", "[plugin]") {
  Ends ends;
  CHECK(ends.host.room(SharedMemory::kFrame + 1) == nullptr);
  for (std::string_view text : {"one", "two", "three"}) {
    char* room = ends.host.room(text.size());
    REQUIRE(room != nullptr);
    std::copy(text.begin(), text.end(), room);
    ends.host.post(Type::Normalize, text.size());
    CHECK(ends.worker.receive(Ends::soon())->payload == text);
  }
}

TEST_CASE("channel: more frames than there are slots are nonsense", "[plugin]") {
  for (std::uint32_t posted : {Area::slots + 1, 0x80000000u, 0xFFFFFFFFu}) {
    Ends ends;
    Area area = ends.memory.to_host();
    for (std::uint32_t i = 0; i < area.slots; ++i) area.slot(i).type = static_cast<std::uint32_t>(Type::Done);
    area.box->posted = posted;
    CHECK(reason(ends.host.receive(Ends::soon())) == "garbage");
  }
}

TEST_CASE("channel: nonsense is told as such, on the socket and in the memory", "[plugin]") {
  struct Header {
    std::uint32_t type, posted;
    std::uint64_t size;
  };
  for (Header header :
       {Header{99, 0, 0}, Header{7, 2, 0}, Header{7, 0, std::uint64_t{1} << 60}, Header{0, 0, 0}, Header{0, 0, 5}}) {
    Ends ends;
    REQUIRE(write(ends.sockets[1], &header, sizeof header) == sizeof header);
    ends.memory.to_host().box->aside = 1;
    CHECK(reason(ends.host.receive(Ends::soon())) == "garbage");
  }
  for (Header header : {Header{99, 0, 0}, Header{0, 0, 0}, Header{7, 0, SharedMemory::kFrame + 1}}) {
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

TEST_CASE("channel: nothing behind nonsense is believed, nor behind the end", "[plugin]") {
  for (bool ended : {false, true}) {
    Ends ends;
    REQUIRE(ends.worker.send(Type::Done, "one", Ends::soon()).has_value());
    CHECK(ends.host.receive(Ends::soon())->payload == "one");
    if (!ended) REQUIRE(write(ends.sockets[1], "nonsense, nonsense", 18) == 18);
    if (ended) shutdown(ends.sockets[1], SHUT_RDWR);
    REQUIRE(ends.worker.send(Type::Done, "two", Ends::soon()).has_value());
    CHECK(reason(ends.host.receive(Ends::soon())) == (ended ? "closed" : "garbage"));
  }
}

TEST_CASE("channel: half a frame is waited for until the deadline", "[plugin]") {
  Ends ends;
  ends.memory.to_host().box->aside = 1;
  REQUIRE(write(ends.sockets[1], "half", 4) == 4);
  CHECK(reason(ends.host.receive(Clock::now() + 30ms)) == "timed-out");
}

TEST_CASE("channel: who is woken for several frames is so for fewer at the deadline", "[plugin]") {
  Ends ends;
  REQUIRE(ends.worker.send(Type::Log, "one", Ends::soon()).has_value());
  CHECK(ends.host.receive_at_leisure(Ends::soon(), 2)->payload == "one");
  std::thread worker([&] {
    std::this_thread::sleep_for(10ms);
    (void)ends.worker.send(Type::Done, "two", Ends::soon());
  });
  auto frame = ends.host.receive_at_leisure(Clock::now() + 200ms, 2);
  worker.join();
  REQUIRE(reason(frame) == "none");
  CHECK(frame->payload == "two");
}

TEST_CASE("channel: a bell that rings for nothing wakes nobody for good", "[plugin]") {
  Ends ends;
  ends.host_bell.ring();
  CHECK(reason(ends.host.receive_at_leisure(Clock::now() + 30ms, 1)) == "timed-out");
  ends.host_bell.ring();
  REQUIRE(ends.worker.send(Type::Done, "one", Ends::soon()).has_value());
  CHECK(ends.host.receive(Ends::soon())->payload == "one");
}
