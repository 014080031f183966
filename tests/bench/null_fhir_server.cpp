// A FHIR server that takes every batch and keeps nothing: what a client costs, without what a server costs. One thread,
// loopback, a port that the system gives and that is told on standard output. Understands what this project's client
// sends, and no more.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view kCapabilities =
    R"({"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","interaction":[{"code":"batch"}],"resource":[{"type":"Observation","versioning":"versioned-update","updateCreate":true,"searchParam":[{"name":"identifier"}]}]}]})";
constexpr std::string_view kFoundNothing =
    R"({"resource":{"resourceType":"Bundle","type":"searchset","total":0},"response":{"status":"200 OK"}})";
constexpr std::string_view kNotThere = R"({"response":{"status":"404 Not Found"}})";
constexpr std::string_view kCreated = R"({"response":{"status":"201 Created","etag":"W/\"1\""}})";
constexpr std::string_view kEntry = R"("request":{"method":")";

// An answer for each entry of a Bundle, found by the words that a string within it could only hold escaped.
std::string answer_bundle(std::string_view body) {
  std::string out = R"({"resourceType":"Bundle","type":"batch-response","entry":[)";
  for (std::size_t at = body.find(kEntry); at != std::string_view::npos; at = body.find(kEntry, at)) {
    at += kEntry.size();
    std::string_view request = body.substr(at, body.find('}', at) - at);
    if (out.back() == '}') out += ',';
    bool put = request.starts_with("PUT");
    out += put ? kCreated : request.find('?') != std::string_view::npos ? kFoundNothing : kNotThere;
  }
  return out += "]}";
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  std::size_t at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  return length;
}

struct Answer {
  std::string_view status = "200 OK";
  std::string_view headers = {};
  std::string body = {};
};

Answer answer_to(std::string_view head, std::string_view body) {
  if (head.starts_with("GET /fhir/metadata")) return {.body = std::string(kCapabilities)};
  if (head.starts_with("POST /fhir ")) return {.body = answer_bundle(body)};
  if (head.starts_with("PUT ")) return {.status = "201 Created", .headers = "ETag: W/\"1\"\r\n"};
  if (head.find('?') < head.find('\r')) return {.body = R"({"resourceType":"Bundle","type":"searchset","total":0})"};
  return {.status = "404 Not Found"};
}

// Sends all of `text`; false: the client is gone.
bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    ssize_t sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Answers the whole requests in `input` and takes them out.
bool serve(int socket, std::string& input) {
  for (;;) {
    std::size_t end = input.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    std::string_view head = std::string_view(input).substr(0, end);
    std::size_t length = content_length(head);
    if (input.size() < end + 4 + length) return true;
    Answer answer = answer_to(head, std::string_view(input).substr(end + 4, length));
    std::string out = "HTTP/1.1 ";
    out += answer.status;
    out += "\r\nContent-Type: application/fhir+json\r\n";
    out += answer.headers;
    out += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
    if (!send_all(socket, out)) return false;
    input.erase(0, end + 4 + length);
  }
}

bool receive(int socket, std::string& input) {
  char buffer[256 * 1024];
  ssize_t got = recv(socket, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  input.append(buffer, static_cast<std::size_t>(got));
  return serve(socket, input);
}

int listen_on_loopback() {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bool fine = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener, 64) == 0 &&
              getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!fine) return -1;
  std::cout << ntohs(address.sin_port) << std::endl;
  return listener;
}

int accept_one(int listener) {
  int socket = accept(listener, nullptr, nullptr);
  int on = 1;
  if (socket >= 0) setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

}  // namespace

int main() {
  int listener = listen_on_loopback();
  if (listener < 0) return 1;
  std::map<int, std::string> clients;
  for (;;) {
    std::vector<pollfd> sockets{{listener, POLLIN, 0}};
    for (const auto& [socket, input] : clients) sockets.push_back({socket, POLLIN, 0});
    if (poll(sockets.data(), sockets.size(), -1) < 0) return 1;
    if (sockets.front().revents != 0) clients.emplace(accept_one(listener), std::string());
    for (std::size_t i = 1; i < sockets.size(); ++i) {
      int socket = sockets[i].fd;
      if (sockets[i].revents == 0 || receive(socket, clients[socket])) continue;
      close(socket);
      clients.erase(socket);
    }
  }
}
