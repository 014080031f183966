#include "core/http/caller.hpp"

#include <algorithm>
#include <utility>

#include "core/http/transfer.hpp"

namespace aorta::http {
namespace {

constexpr std::size_t kMostIdle = 8;
constexpr int kSliceMs = 50;

Error bad(std::string_view what) { return Error("bad-request", "the request cannot be sent: " + std::string(what)); }

// A name of RFC 9110: visible ASCII without what separates.
bool is_field_name(std::string_view text) {
  constexpr std::string_view kSeparators = "\"(),/:;<=>?@[\\]{}";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > ' ' && c < '\x7f' && kSeparators.find(c) == std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Result<BaseUrl> check(const Request& request) {
  bool plain = std::all_of(request.url.begin(), request.url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!plain) return bad("its address holds what is not percent-encoded");
  for (const Header& header : request.headers) {
    if (!is_field_name(header.name) || !is_field_value(header.value)) return bad("a field of its head is malformed");
  }
  Result<BaseUrl> place = parse_base_url(request.url.substr(0, request.url.find('?')));
  return place.has_error() ? Result<BaseUrl>(bad("its address is not of the form https://host/path")) : place;
}

}  // namespace

class Caller::Line {
 public:
  Line() : multi_(open_multi()) {}
  ~Line() { curl_multi_cleanup(multi_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Result<Response> send(const Request& request, const ClientOptions& options, const std::function<bool()>& cancelled) {
    transfer_.prepare(request, request.url, {}, options);
    curl_multi_add_handle(multi_, transfer_.handle());
    Result<Response> out = wait(cancelled);
    curl_multi_remove_handle(multi_, transfer_.handle());
    return out;
  }

 private:
  Result<Response> wait(const std::function<bool()>& cancelled) {
    for (int running = 1;;) {
      curl_multi_perform(multi_, &running);
      int left = 0;
      CURLMsg* message = curl_multi_info_read(multi_, &left);
      if (message && message->msg == CURLMSG_DONE) return transfer_.finish(message->data.result);
      if (cancelled()) return Error("cancelled", "the request was given up");
      curl_multi_poll(multi_, nullptr, 0, kSliceMs, nullptr);
    }
  }

  CURLM* multi_;
  Transfer transfer_;
};

Caller::Caller() = default;
Caller::~Caller() = default;

Result<Response> Caller::send(const Request& request, const Limits& limits, const std::function<bool()>& cancelled) {
  AORTA_TRY(place, check(request));
  ClientOptions options;
  options.timeout = limits.timeout;
  options.connect_timeout = std::min(options.connect_timeout, limits.timeout);
  options.max_response_bytes = limits.max_response_bytes;
  options.use_proxy = !place.loopback;
  std::unique_ptr<Line> line = take_line();
  Result<Response> answer = line->send(request, options, cancelled);
  give_back(std::move(line));
  if (answer.has_value() || answer.error().reason() == "cancelled") return answer;
  const Error& why = answer.error();
  return Error(std::string(why.reason()), "the server " + place.origin + " " + std::string(why.message()), true);
}

std::unique_ptr<Caller::Line> Caller::take_line() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Line>();
  std::unique_ptr<Line> line = std::move(idle_.back());
  idle_.pop_back();
  return line;
}

void Caller::give_back(std::unique_ptr<Line> line) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(line));
}

}  // namespace aorta::http
