// Sends the lines of a file, so many in each request, over several connections of one thread, and again from the first
// one; tells how long each answer took:
//   intake_load PORT CONNECTIONS SECONDS REQUESTS_PER_S FILE LINES
// REQUESTS_PER_S 0: each connection sends as soon as it was answered. A program of its own, so that what is measured is
// the server's time and not an interpreter's. Answers one line of JSON.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;

[[noreturn]] void fail(std::string_view what) {
  std::cerr << "intake_load: " << what << '\n';
  std::exit(1);
}

int connect_to(int port) {
  int out = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("cannot connect");
  int one = 1;
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return out;
}

struct Connection {
  int socket;
  Clock::time_point due, sent{};
  bool waiting = false;
};

class Load {
 public:
  Load(int port, int connections, double seconds, double rate, std::vector<std::string> requests)
      : requests_(std::move(requests)), length_(seconds_of(seconds)) {
    if (rate > 0) pause_ = seconds_of(connections / rate);
    for (int i = 0; i < connections; ++i) connections_.push_back({connect_to(port), Clock::time_point()});
  }

  std::vector<double> run() {
    Clock::time_point start = Clock::now();
    end_ = start + length_;
    for (std::size_t i = 0; i < connections_.size(); ++i)
      connections_[i].due = start + pause_ * static_cast<long>(i) / static_cast<long>(connections_.size());
    while (send_due() || waiting_ > 0) wait();
    std::sort(milliseconds_.begin(), milliseconds_.end());
    return std::move(milliseconds_);
  }

 private:
  static Clock::duration seconds_of(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(duration<double>(seconds));
  }

  // False: the time is over.
  bool send_due() {
    Clock::time_point now = Clock::now();
    if (now >= end_) return false;
    for (Connection& one : connections_) {
      if (!one.waiting && one.due <= now) send(one);
    }
    return true;
  }

  void send(Connection& one) {
    one.sent = Clock::now();
    std::string_view rest = requests_[next_++ % requests_.size()];
    while (!rest.empty()) {
      ssize_t put = ::send(one.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (put <= 0) fail("the server hung up");
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
    one.waiting = true;
    ++waiting_;
  }

  void wait() {
    std::vector<pollfd> sockets;
    Clock::time_point next = end_;
    for (const Connection& one : connections_) {
      sockets.push_back({one.socket, static_cast<short>(one.waiting ? POLLIN : 0), 0});
      if (!one.waiting) next = std::min(next, one.due);
    }
    Clock::duration pause = std::max(next - Clock::now(), Clock::duration::zero());
    timespec limit{0, std::min<long>(std::chrono::nanoseconds(pause).count(), 100'000'000)};
    ::ppoll(sockets.data(), sockets.size(), &limit, nullptr);
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      if (sockets[i].revents != 0) receive(connections_[i]);
    }
  }

  // Answers are short: one comes in one piece.
  void receive(Connection& one) {
    char answer[4096];
    ssize_t got = ::recv(one.socket, answer, sizeof answer, 0);
    if (got <= 0 || !std::string_view(answer, static_cast<std::size_t>(got)).starts_with("HTTP/1.1 202"))
      fail("the server did not accept");
    Clock::time_point now = Clock::now();
    milliseconds_.push_back(duration<double, std::milli>(now - one.sent).count());
    one.due = pause_ == Clock::duration::zero() ? now : one.due + pause_;
    one.waiting = false;
    --waiting_;
  }

  const std::vector<std::string> requests_;
  std::size_t next_ = 0;
  const Clock::duration length_;
  Clock::time_point end_{};
  Clock::duration pause_{0};
  std::vector<Connection> connections_;
  std::size_t waiting_ = 0;
  std::vector<double> milliseconds_;
};

std::string request_of(std::string_view body) {
  return "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// The last ones where they do not fill a request are left out.
std::vector<std::string> requests_of(const std::string& file, int lines_each) {
  std::ifstream in(file);
  std::vector<std::string> out;
  std::string body;
  int lines = 0;
  for (std::string line; std::getline(in, line);) {
    body += line + '\n';
    if (++lines < lines_each) continue;
    out.push_back(request_of(body));
    body.clear();
    lines = 0;
  }
  if (out.empty()) fail("the file has not as many lines");
  return out;
}

}  // namespace

int main(int count, char** words) {
  if (count != 7) fail("usage: intake_load PORT CONNECTIONS SECONDS REQUESTS_PER_S FILE LINES");
  Load load(
      std::atoi(words[1]), std::atoi(words[2]), std::atof(words[3]), std::atof(words[4]),
      requests_of(words[5], std::atoi(words[6]))
  );
  Clock::time_point start = Clock::now();
  std::vector<double> took = load.run();
  if (took.empty()) fail("nothing was answered");
  auto at = [&](double share) {
    return took[std::min(took.size() - 1, static_cast<std::size_t>(share * static_cast<double>(took.size())))];
  };
  std::cout << "{\"requests\":" << took.size() << ",\"seconds\":" << duration<double>(Clock::now() - start).count()
            << ",\"p50_ms\":" << at(0.5) << ",\"p90_ms\":" << at(0.9) << ",\"p99_ms\":" << at(0.99) << "}\n";
}
