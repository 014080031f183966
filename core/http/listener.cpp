#include "core/http/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>

namespace aorta::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMostConnections = 64;
constexpr std::uint32_t kMostHeaderBytes = 16 * 1024;
constexpr std::uint64_t kMostBodyBytes = 64 * 1024;
constexpr std::chrono::seconds kPatience{10};

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::optional<tcp::endpoint> endpoint_of(std::string_view address) {
  std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::string_view digits = address.substr(colon + 1);
  unsigned short port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  error_code fault;
  auto ip = asio::ip::make_address(std::string(host), fault);
  if (fault || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return tcp::endpoint(ip, port);
}

std::string text_of(const tcp::endpoint& endpoint) {
  std::string host = endpoint.address().to_string();
  if (endpoint.address().is_v6()) host = "[" + host + "]";
  return host + ":" + std::to_string(endpoint.port());
}

// One connection; it lives as long as an operation of it is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const Handler& handler, std::shared_ptr<std::size_t> open)
      : stream_(std::move(socket)), handler_(handler), open_(std::move(open)) {
    ++*open_;
  }
  ~Session() { --*open_; }

  void read() {
    parser_.emplace();
    parser_->header_limit(kMostHeaderBytes);
    parser_->body_limit(kMostBodyBytes);
    stream_.expires_after(kPatience);
    wire::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code fault, std::size_t) {
      if (!fault) self->answer();
    });
  }

 private:
  void answer() {
    const auto& request = parser_->get();
    std::string_view target = view(request.target());
    Answer answer = handler_({view(request.method_string()), target.substr(0, target.find('?')), request.body()});
    response_ = {};
    response_.version(request.version());
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(wire::field::content_type, answer.content_type);
    response_.set(wire::field::cache_control, "no-store");
    response_.keep_alive(request.keep_alive());
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    if (request.method() == wire::verb::head) response_.body().clear();
    stream_.expires_after(kPatience);
    wire::async_write(stream_, response_, [self = shared_from_this()](error_code fault, std::size_t) {
      if (!fault && self->response_.keep_alive()) self->read();
    });
  }

  beast::tcp_stream stream_;
  const Handler& handler_;
  std::shared_ptr<std::size_t> open_;
  beast::flat_buffer buffer_{kMostHeaderBytes + kMostBodyBytes};
  std::optional<wire::request_parser<wire::string_body>> parser_;
  wire::response<wire::string_body> response_;
};

}  // namespace

class Listener::Server {
 public:
  Server(const tcp::endpoint& endpoint, Handler handler)
      : handler_(std::move(handler)), acceptor_(context_, endpoint) {}
  ~Server() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  std::string address() const { return text_of(acceptor_.local_endpoint()); }
  void start() {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code fault, tcp::socket socket) {
      if (fault == asio::error::operation_aborted) return;
      if (!fault && *open_ < kMostConnections) std::make_shared<Session>(std::move(socket), handler_, open_)->read();
      accept();
    });
  }

  const Handler handler_;
  std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

Listener::Listener(std::unique_ptr<Server> server) : server_(std::move(server)), address_(server_->address()) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::open(std::string_view address, Handler handler) {
  std::optional<tcp::endpoint> endpoint = endpoint_of(address);
  if (!endpoint)
    return Error("cannot-listen", "\"" + std::string(address) + "\" is no address; write one such as 127.0.0.1:9464");
  try {
    auto server = std::make_unique<Server>(*endpoint, std::move(handler));
    std::unique_ptr<Listener> listener(new Listener(std::move(server)));
    listener->server_->start();
    return listener;
  } catch (const boost::system::system_error& fault) {
    return Error("cannot-listen", std::string(address) + ": " + fault.code().message());
  }
}

}  // namespace aorta::http
