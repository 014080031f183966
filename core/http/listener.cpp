#include "core/http/listener.hpp"

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "core/base/text.hpp"
#include "core/base/whole_number.hpp"
#include "core/document/convert.hpp"
#include "core/http/inflate.hpp"
#include "core/http/session.hpp"

namespace aorta::http {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds kPause{100};

std::optional<tcp::endpoint> endpoint_of(std::string_view address) {
  std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::string_view digits = address.substr(colon + 1);
  auto port = whole_number<unsigned short>(digits);
  error_code fault;
  auto ip = asio::ip::make_address(std::string(host), fault);
  if (fault || !port) return std::nullopt;
  return tcp::endpoint(ip, *port);
}

std::string text_of(const tcp::endpoint& endpoint) {
  std::string host = endpoint.address().to_string();
  if (endpoint.address().is_v6()) host = "[" + host + "]";
  return host + ":" + std::to_string(endpoint.port());
}

// Takes as long for a wrong token as for the right one.
bool is_token(std::string_view authorization, std::string_view token) {
  constexpr std::string_view kScheme = "bearer ";
  if (!equals_ignoring_ascii_case(authorization.substr(0, kScheme.size()), kScheme)) return false;
  std::string_view given = authorization.substr(kScheme.size());
  return given.size() == token.size() && CRYPTO_memcmp(given.data(), token.data(), token.size()) == 0;
}

Answer unauthorized() {
  Answer answer = refusal(401, "not-authorized", "send the header Authorization: Bearer, with the token of this path");
  answer.fields.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

Answer undecodable(const Error& error) {
  int status = error.reason() == "too-large" ? 413 : error.reason() == "unknown-coding" ? 415 : 400;
  return refusal(status, error.reason(), error.message());
}

void use_file(const std::string& file, const std::function<void(error_code&)>& load) {
  error_code fault;
  load(fault);
  if (fault) throw boost::system::system_error(fault, file);
}

std::unique_ptr<asio::ssl::context> make_tls(const ListenerOptions& options) {
  namespace ssl = asio::ssl;
  if (options.certificate.empty()) return nullptr;
  auto tls = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  tls->set_options(ssl::context::default_workarounds | ssl::context::single_dh_use);
  use_file(options.certificate, [&](error_code& fault) {
    tls->use_certificate_chain_file(options.certificate, fault);
  });
  use_file(options.key, [&](error_code& fault) { tls->use_private_key_file(options.key, ssl::context::pem, fault); });
  if (options.client_ca.empty()) return tls;
  use_file(options.client_ca, [&](error_code& fault) { tls->load_verify_file(options.client_ca, fault); });
  tls->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  return tls;
}

}  // namespace

std::string_view Asked::field(std::string_view name) const {
  auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? std::string_view() : found->second;
}

Answer refusal(int status, std::string_view reason, std::string_view message) {
  std::string body = R"({"error":{"reason":)";
  document::append_json_string(body, reason);
  body += R"(,"message":)";
  document::append_json_string(body, message);
  return {status, body + "}}\n", "application/json"};
}

class Listener::Server : public Desk {
 public:
  Server(const ListenerOptions& options, const tcp::endpoint& endpoint, Handler handler)
      : options_(options), handler_(std::move(handler)), tls_(make_tls(options)), acceptor_(context_, endpoint) {}
  ~Server() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  std::string address() const { return text_of(acceptor_.local_endpoint()); }
  void start() {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }

  bool add(Route route) {
    return on_thread([&] {
      awaited_.erase(route.path);
      return routes_.try_emplace(route.path, route).second;
    });
  }
  void remove(const std::string& path) {
    on_thread([&] {
      bool there = routes_.erase(path) > 0;
      if (there && gaps_ > 0) awaited_.insert(path);
      return there;
    });
  }
  void begin_gap() {
    on_thread([&] { return ++gaps_ > 0; });
  }
  void end_gap() {
    on_thread([&] {
      if (--gaps_ == 0) awaited_.clear();
      return true;
    });
  }

 private:
  // Runs it between two questions.
  bool on_thread(const std::function<bool()>& work) {
    std::promise<bool> done;
    asio::post(context_, [&] { done.set_value(work()); });
    return done.get_future().get();
  }

  const Route* route(std::string_view path) const {
    auto found = routes_.find(path);
    return found == routes_.end() ? nullptr : &found->second;
  }

  Admission admit(const Asked& head) override {
    const Route* found = route(head.path);
    if (!found && !handler_) return {0, nothing_at(head.path)};
    if (!found) return {Route().max_body_bytes, std::nullopt};
    bool known = found->bearer_token.empty() || is_token(head.field("authorization"), found->bearer_token);
    return {found->max_body_bytes, known ? std::nullopt : std::optional<Answer>(unauthorized())};
  }

  void ask(std::unique_ptr<Exchange> exchange, Asked asked, std::string body) override {
    const Route* found = route(asked.path);
    std::uint64_t limit = found ? std::max(found->max_body_bytes, found->max_unpacked_bytes) : Route().max_body_bytes;
    auto decoded = decode_body(asked.field("content-encoding"), std::move(body), limit);
    if (decoded.has_error()) return exchange->answer(undecodable(decoded.error()));
    asked.body = *decoded;
    if (found) return found->ask(std::move(exchange), asked);
    exchange->answer(handler_ ? handler_(asked) : nothing_at(asked.path));
  }

  Answer nothing_at(std::string_view path) const {
    if (awaited_.count(path) == 0) return refusal(404, "no-such-path", "there is nothing at this path");
    Answer answer = refusal(503, "begins-anew", "what listens at this path begins anew; send it again in a second");
    answer.fields.emplace_back("Retry-After", "1");
    return answer;
  }

  void session_ended() override { --open_; }

  void accept() {
    acceptor_.async_accept([this](error_code fault, tcp::socket socket) {
      if (fault == asio::error::operation_aborted) return;
      if (fault) return accept_later();
      if (open_ < options_.max_connections) begin(std::move(socket));
      accept();
    });
  }

  // Where the system has no room for a connection, it has none at once.
  void accept_later() {
    pause_.expires_after(kPause);
    pause_.async_wait([this](error_code fault) {
      if (!fault) accept();
    });
  }

  void begin(tcp::socket socket) {
    ++open_;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::shared_ptr<Session> session;
    if (tls_) {
      session =
          std::make_shared<SessionOn<beast::ssl_stream<beast::tcp_stream>>>(std::move(socket), *this, options_, *tls_);
    } else {
      session = std::make_shared<SessionOn<beast::tcp_stream>>(std::move(socket), *this, options_);
    }
    session->start();
  }

  const ListenerOptions options_;
  const Handler handler_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::map<std::string, Route, std::less<>> routes_;
  std::set<std::string, std::less<>> awaited_;  // removed in a gap, and not added yet
  unsigned gaps_ = 0;
  std::uint64_t open_ = 0;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_{context_};
  std::thread thread_;
};

Listener::Listener(ListenerOptions options, std::unique_ptr<Server> server)
    : options_(std::move(options)), server_(std::move(server)), address_(server_->address()) {}
Listener::~Listener() = default;

Result<void> Listener::add(Route route) {
  std::string path = route.path;
  if (server_->add(std::move(route))) return {};
  return Error("route-taken", "the path " + path + " of " + address_ + " is taken; choose another");
}

void Listener::remove(const std::string& path) { server_->remove(path); }

Listener::Gap::Gap(Listener& listener) : listener_(&listener) { listener_->server_->begin_gap(); }
Listener::Gap::~Gap() {
  if (listener_) listener_->server_->end_gap();
}

Result<std::unique_ptr<Listener>> Listener::open(std::string_view address, Handler handler) {
  ListenerOptions options;
  options.address = address;
  return open(options, std::move(handler));
}

Result<std::unique_ptr<Listener>> Listener::open(const ListenerOptions& options, Handler handler) {
  std::optional<tcp::endpoint> endpoint = endpoint_of(options.address);
  if (!endpoint)
    return Error("cannot-listen", "\"" + options.address + "\" is no address; write one such as 127.0.0.1:9464");
  try {
    auto server = std::make_unique<Server>(options, *endpoint, std::move(handler));
    std::unique_ptr<Listener> listener(new Listener(options, std::move(server)));
    listener->server_->start();
    return listener;
  } catch (const boost::system::system_error& fault) {
    return Error("cannot-listen", options.address + ": " + fault.what());
  }
}

}  // namespace aorta::http
