// Messages that are sent over HTTP: acknowledged once the host has them in its journal.
#include <aorta/http.hpp>
#include <aorta/plugin.hpp>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "messages.hpp"

namespace http_source {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLookEvery{50};    // for a cancellation
constexpr milliseconds kRefuseFor{1000};  // after the host could not keep what it was given
constexpr std::chrono::seconds kComeAgain{1};
constexpr std::size_t kMostKeyBytes = 255;
constexpr std::int64_t kEpochTicks = 621'355'968'000'000'000;  // 1970-01-01, in aorta_time.ticks

aorta::HttpAnswer refusal(unsigned status, std::string_view reason, std::string_view message) {
  // Both are our own words: nothing in them needs an escape.
  std::string body =
      R"({"error":{"reason":")" + std::string(reason) + R"(","message":")" + std::string(message) + "\"}}\n";
  bool passes = status == 429 || status == 503;
  return {.status = status, .body = std::move(body), .retry_after = passes ? kComeAgain : std::chrono::seconds(0)};
}

std::string accepted_text(std::size_t count) { return "{\"accepted\":" + std::to_string(count) + "}\n"; }

// FNV-1a: tells another body under the same key from the same one.
std::string fingerprint(std::string_view body) {
  std::uint64_t hash = 14695981039346656037u;
  for (char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  char digits[16];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, hash, 16).ptr);
}

// A request on its way into the journal. Once: it is answered when all of its messages are there.
struct Request {
  Request(aorta::HttpExchange from, std::string_view text) : exchange(std::move(from)), body(text) {}

  aorta::HttpExchange exchange;
  std::string body;
  Messages messages;  // views into body
  std::string key;
  std::int64_t received_ticks = 0;
  std::size_t handed_over = 0;

  bool done() const { return handed_over == messages.bodies.size(); }
};

struct HttpSource {
  static constexpr std::string_view id = "http";
  static constexpr std::string_view summary = "Messages sent by POST: one, a JSON array or NDJSON";
  struct Config {
    std::string path = "/messages";
    aorta::Secret token;
    aorta::Bytes max_body{4 << 20};
    aorta::Bytes max_unpacked{16 << 20};
    std::int64_t max_messages = 10'000;
    aorta::Bytes max_waiting{64 << 20};
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("path", &Config::path, "Where messages are sent to, at the pipeline's http.listen")
          .examples("/messages", "/wards/3/messages"),
      aorta::field("token", &Config::token, "Senders must give it as Authorization: Bearer; left out: nobody is asked"),
      aorta::field("max_body", &Config::max_body, "Of one request, as it is sent").min(1),
      aorta::field("max_unpacked", &Config::max_unpacked, "Of one request that is sent with gzip or deflate").min(1),
      aorta::field("max_messages", &Config::max_messages, "In one request").min(1).max(1'000'000),
      aorta::field(
          "max_waiting", &Config::max_waiting,
          "Requests that wait for the journal, together; senders are asked to come again where it is reached"
      )
          .min(1)
  );

  HttpSource(Config config, aorta::Host host) : config_(std::move(config)), host_(host) {
    if (!config_.path.starts_with('/') || config_.path.find_first_of("?# ") != std::string::npos)
      throw aorta::Reject("bad-config", "path: must begin with / and have no ?, # or blank");
  }
  ~HttpSource() { stop(); }

  void start() {
    aorta::HttpRoute::Options options{
        config_.path, config_.token.value, config_.max_body.count, config_.max_unpacked.count};
    route_.emplace(host_, std::move(options), [this](aorta::HttpExchange exchange, const aorta::HttpRequest& request) {
      ask(std::move(exchange), request);
    });
  }

  void stop() {
    route_.reset();
    refuse_all();
  }

  aorta::Status poll(aorta::Batch& out, std::size_t, milliseconds wait) {
    if (!wait_for_requests(wait)) return cancelled();
    std::lock_guard lock(mutex_);
    while (!waiting_.empty() && !out.full()) {
      hand_over(out, *waiting_.front());
      if (!waiting_.front()->done()) break;
      told_.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return aorta::Status::Ok;
  }

  void kept(bool durable) {
    std::lock_guard lock(mutex_);
    if (!durable) refuse_until_ = Clock::now() + kRefuseFor;
    if (!waiting_.empty() && waiting_.front()->handed_over > 0 && !durable) drop_front();
    for (auto& request : told_) {
      answer(
          *request, durable ? aorta::HttpAnswer{.status = 202, .body = accepted_text(request->messages.bodies.size())}
                            : not_kept()
      );
    }
    told_.clear();
  }

 private:
  // A request comes: on the host's thread ------------------------------------------------------------------------
  void ask(aorta::HttpExchange exchange, const aorta::HttpRequest& asked) {
    auto request = std::make_unique<Request>(std::move(exchange), asked.body());
    request->key = asked.field("idempotency-key");
    request->received_ticks = now_ticks();
    if (auto refused = read(*request, asked)) return request->exchange.answer(*refused);
    std::lock_guard lock(mutex_);
    if (auto told = admit(*request)) return request->exchange.answer(*told);
    waiting_bytes_ += request->body.size();
    if (!request->key.empty()) keys_.insert(request->key);
    waiting_.push_back(std::move(request));
    arrived_.notify_one();
  }

  // What is wrong with the request itself.
  std::optional<aorta::HttpAnswer> read(Request& request, const aorta::HttpRequest& asked) const {
    if (asked.method() != "POST") return refusal(405, "method-not-allowed", "send messages with POST");
    if (request.key.size() > kMostKeyBytes)
      return refusal(400, "bad-idempotency-key", "Idempotency-Key has more than 255 bytes");
    std::optional<Shape> shape = shape_of(asked.field("content-type"));
    if (!shape)
      return refusal(
          415, "unknown-content-type", "send application/json, or application/x-ndjson for a message per line"
      );
    request.messages = split(request.body, *shape);
    if (!request.messages.problem.empty()) return refusal(400, "bad-body", request.messages.problem);
    if (request.messages.bodies.size() <= static_cast<std::size_t>(config_.max_messages)) return std::nullopt;
    std::string allowed = std::to_string(config_.max_messages);
    return refusal(413, "too-many-messages", "one request may have " + allowed + " messages; send less at once");
  }

  // Parameters ("; charset=utf-8") do not matter: the body is UTF-8 or found wanting later.
  static std::optional<Shape> shape_of(std::string_view content_type) {
    std::string type;
    for (char c : content_type.substr(0, content_type.find(';'))) {
      if (c != ' ') type += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    for (std::string_view lines :
         {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}) {
      if (type == lines) return Shape::Lines;
    }
    bool json = type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json");
    return json ? std::optional<Shape>(Shape::Value) : std::nullopt;
  }

  // An answer that is known already, or why there is no room.
  std::optional<aorta::HttpAnswer> admit(const Request& request) const {
    if (!request.key.empty()) {
      if (keys_.count(request.key) > 0)
        return refusal(409, "still-under-way", "a request with this Idempotency-Key is under way");
      if (auto known = host_.recall(request.key)) return again(*known, request);
    }
    if (request.messages.bodies.empty()) return aorta::HttpAnswer{.status = 202, .body = accepted_text(0)};
    if (stopped_) return refusal(503, "stopping", "this service is stopping; send it again to the next one");
    if (Clock::now() < refuse_until_) return not_kept();
    if (waiting_bytes_ == 0 || waiting_bytes_ + request.body.size() <= config_.max_waiting.count) return std::nullopt;
    return refusal(429, "too-much-waiting", "more is waiting to be stored than is allowed; send it again in a second");
  }

  static aorta::HttpAnswer again(const std::string& known, const Request& request) {
    std::size_t space = known.find(' ');
    if (known.substr(0, space) != fingerprint(request.body))
      return refusal(422, "other-body-under-key", "another body was sent under this Idempotency-Key");
    return {.status = 202, .body = known.substr(space + 1)};
  }

  static aorta::HttpAnswer not_kept() {
    return refusal(
        503, "not-stored", "messages cannot be stored at the moment, and none of these was; send them again later"
    );
  }

  static std::int64_t now_ticks() {
    auto since = std::chrono::system_clock::now().time_since_epoch();
    return kEpochTicks +
           std::chrono::duration_cast<std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>>(since).count();
  }

  // The host takes them: on its thread of this source ------------------------------------------------------------
  bool wait_for_requests(milliseconds wait) {
    auto until = Clock::now() + wait;
    std::unique_lock lock(mutex_);
    while (waiting_.empty() && !host_.cancelled() && Clock::now() < until)
      arrived_.wait_until(lock, std::min(until, Clock::now() + kLookEvery));
    return !waiting_.empty() && !host_.cancelled();
  }

  aorta::Status cancelled() {
    if (!host_.cancelled()) return aorta::Status::Ok;
    refuse_all();
    return aorta::Status::Cancelled;
  }

  void hand_over(aorta::Batch& out, Request& request) {
    while (!request.done() && !out.full()) {
      std::string token = std::to_string(++token_);
      aorta::Record record{.body = request.messages.bodies[request.handed_over++], .token = token, .position = token};
      record.content_type = "application/json";
      record.enqueued_ticks = request.received_ticks;
      out.add(record);
    }
    if (!request.done() || request.key.empty()) return;
    std::size_t count = request.messages.bodies.size();
    out.remember(request.key, fingerprint(request.body) + " " + accepted_text(count), count);
  }

  // Those of its messages that an earlier poll brought into the journal stay there: sent again, they change nothing.
  void drop_front() {
    answer(*waiting_.front(), not_kept());
    waiting_.pop_front();
  }

  void answer(Request& request, const aorta::HttpAnswer& told) {
    waiting_bytes_ -= request.body.size();
    keys_.erase(request.key);
    request.exchange.answer(told);
  }

  void refuse_all() {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto& request : waiting_)
      answer(*request, refusal(503, "stopping", "this service is stopping; send it again to the next one"));
    waiting_.clear();
  }

  Config config_;
  aorta::Host host_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::unique_ptr<Request>> waiting_;  // of the first one, a part may be handed over
  std::vector<std::unique_ptr<Request>> told_;    // handed over whole, and not known to be kept
  std::set<std::string> keys_;                    // of requests under way
  std::uint64_t waiting_bytes_ = 0;
  Clock::time_point refuse_until_{};
  bool stopped_ = false;
  std::uint64_t token_ = 0;
  std::optional<aorta::HttpRoute> route_;  // last: it goes before what it leads to
};

}  // namespace http_source

AORTA_PLUGIN(http_source::HttpSource)
