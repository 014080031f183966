// One connection of the listener: reads questions one by one, lets its owner answer them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/http/listener.hpp"

namespace aorta::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;

inline std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// What a session asks of the listener it belongs to. [the listener's thread]
class Desk {
 public:
  virtual ~Desk() = default;
  // How much of a body is taken, after a look at the head; or why there will be none.
  struct Admission {
    std::uint64_t max_body_bytes = 0;
    std::optional<Answer> refusal;
  };
  virtual Admission admit(const Asked& head) = 0;
  virtual void ask(std::unique_ptr<Exchange> exchange, Asked asked, std::string body) = 0;
  virtual void session_ended() = 0;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;
  virtual void start() = 0;
  // [any] Takes a hold on itself along, so that none is let go of on the thread that answers.
  virtual void answer(std::shared_ptr<Session> self, Answer answer) = 0;
};

class SessionExchange : public Exchange {
 public:
  explicit SessionExchange(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~SessionExchange() override {
    if (session_) answer(refusal(503, "not-answered", "nobody answers this at the moment; send it again"));
  }
  void answer(Answer answer) override {
    Session& session = *session_;
    session.answer(std::move(session_), std::move(answer));
  }

 private:
  std::shared_ptr<Session> session_;
};

// It lives as long as an operation of it is under way, or an exchange of it is open, and ends on the listener's thread.
template <class Stream>
class SessionOn : public Session {
 public:
  template <class... Tls>
  SessionOn(asio::ip::tcp::socket socket, Desk& desk, const ListenerOptions& options, Tls&... tls)
      : stream_(std::move(socket), tls...),
        desk_(desk),
        options_(options),
        buffer_(options.max_header_bytes + kReadAhead) {}
  ~SessionOn() override { desk_.session_ended(); }

  void start() override {
    if constexpr (kTls) {
      layer().expires_after(options_.patience);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = self()](error_code fault) {
        if (!fault) self->read_head();
      });
    } else {
      read_head();
    }
  }

  void answer(std::shared_ptr<Session> self, Answer answer) override {
    auto hold = std::static_pointer_cast<SessionOn>(std::move(self));
    asio::post(stream_.get_executor(), [hold = std::move(hold), told = std::move(answer)]() mutable {
      hold->write(std::move(told));
    });
  }

 private:
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;
  static constexpr std::size_t kReadAhead = 64 * 1024;
  static constexpr std::uint64_t kMostDiscarded = 4 * 1024 * 1024;
  static constexpr int kIdlePatience = 6;

  std::shared_ptr<SessionOn> self() { return std::static_pointer_cast<SessionOn>(shared_from_this()); }
  beast::tcp_stream& layer() { return beast::get_lowest_layer(stream_); }

  void read_head() {
    parser_.emplace();
    parser_->header_limit(options_.max_header_bytes);
    parser_->body_limit(boost::none);  // set once the path is known
    layer().expires_after(first_ ? options_.patience : options_.patience * kIdlePatience);
    first_ = false;
    wire::async_read_header(stream_, buffer_, *parser_, [self = self()](error_code fault, std::size_t) {
      if (!fault) return self->read_body();
      if (fault == wire::error::header_limit)
        return self->refuse(refusal(431, "head-too-large", "the request's head is too long"));
      if (fault.category() == wire::make_error_code(wire::error::bad_method).category() &&
          fault != wire::error::end_of_stream)
        self->refuse(refusal(400, "no-http", "this is no HTTP/1.1 request"));
    });
  }

  void read_body() {
    asked_ = head();
    Desk::Admission admission = desk_.admit(asked_);
    if (admission.refusal) return refuse(std::move(*admission.refusal));
    auto length = parser_->content_length();
    if (length && *length > admission.max_body_bytes) return refuse(too_large(admission.max_body_bytes));
    parser_->body_limit(admission.max_body_bytes);
    layer().expires_after(options_.patience);
    if (parser_->get()[wire::field::expect] == "100-continue") return let_continue();
    read_rest();
  }

  void let_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(
        stream_, asio::buffer(kContinue.data(), kContinue.size()),
        [self = self()](error_code fault, std::size_t) {
          if (!fault) self->read_rest();
        }
    );
  }

  void read_rest() {
    wire::async_read(stream_, buffer_, *parser_, [self = self()](error_code fault, std::size_t) {
      if (!fault) return self->ask();
      if (fault == wire::error::body_limit) self->refuse(too_large(0));
    });
  }

  void ask() {
    asked_ = head();
    layer().expires_never();  // the answer has its own time
    keep_alive_ = parser_->get().keep_alive();
    desk_.ask(std::make_unique<SessionExchange>(shared_from_this()), asked_, std::move(parser_->get().body()));
  }

  // Points into the parser.
  Asked head() {
    const auto& request = parser_->get();
    std::string_view target = view(request.target());
    std::size_t mark = std::min(target.find('?'), target.size());
    Asked asked;
    asked.method = view(request.method_string());
    asked.path = target.substr(0, mark);
    asked.query = target.substr(std::min(mark + 1, target.size()));
    names_.clear();
    for (const auto& field : request) names_.push_back(lower(view(field.name_string())));
    auto name = names_.begin();
    for (const auto& field : request) asked.fields.emplace_back(*name++, view(field.value()));
    return asked;
  }

  static std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  }

  static Answer too_large(std::uint64_t limit) {
    std::string allowed =
        limit > 0 ? " than the " + std::to_string(limit) + " bytes that are allowed" : " than is allowed";
    return refusal(413, "too-large", "the body has more bytes" + allowed + "; send less at once");
  }

  // What the client still sends is not wanted, and is thrown away for a while: closing at once would take the answer
  // from a client that is still sending.
  void refuse(Answer answer) {
    keep_alive_ = false;
    write(std::move(answer));
  }

  void write(Answer answer) {
    const auto& request = parser_->get();
    response_ = {};
    response_.version(request.version());
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(wire::field::content_type, answer.content_type);
    response_.set(wire::field::cache_control, "no-store");
    for (const auto& [name, value] : answer.fields) response_.set(name, value);
    response_.keep_alive(keep_alive_);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    if (request.method() == wire::verb::head) response_.body().clear();
    layer().expires_after(options_.patience);
    wire::async_write(stream_, response_, [self = self()](error_code fault, std::size_t) {
      if (!fault) self->written();
    });
  }

  void written() {
    if (keep_alive_) return read_head();
    error_code ignored;
    if constexpr (!kTls) layer().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    discard();
  }

  void discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadAhead), [self = self()](error_code fault, std::size_t bytes) {
      self->discarded_ += bytes;
      if (!fault && self->discarded_ < kMostDiscarded) self->discard();
    });
  }

  Stream stream_;
  Desk& desk_;
  const ListenerOptions& options_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  wire::response<wire::string_body> response_;
  Asked asked_;
  std::vector<std::string> names_;
  bool first_ = true;
  bool keep_alive_ = false;
  std::uint64_t discarded_ = 0;
};

}  // namespace aorta::http
