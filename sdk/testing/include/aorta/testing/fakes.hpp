// The world outside a plugin's messages, as a test wants it: the time, what was kept, secrets, servers; and what the
// plugin counted. A source or sink under test has all of it:
//
//   aorta::testing::Fakes world;
//   world.secrets.set("token", "t0");
//   world.http.answer("https://acme.example/pulse", {200, R"({"hr":71})"});
//   aorta::testing::SourceDriver source(library, "acme.watch", config, world);
//   source.start();
//   source.poll(1);
//   AORTA_EXPECT(world.metrics.value("polls_total") == 1);
//
// A driver made later with the same world finds what was kept there: that is a restart. Thread-safe, all of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/http.h"
#include "aorta/abi/metrics.h"
#include "aorta/abi/state.h"
#include "aorta/http_client.hpp"

namespace aorta::testing {

// Stands still, but for waits, which are over at once, and where the test moves it.
class FakeClock {
 public:
  static constexpr std::int64_t kStart = 639'028'224'000'000'000;  // 2026-01-01T00:00:00Z, in ticks

  void advance(std::chrono::nanoseconds by) {
    change([&] { monotonic_ += by; });
  }
  // Somebody sets the time of day; the monotonic clock does not see it.
  void set(std::int64_t ticks) {
    change([&] { start_ = ticks - monotonic_.count() / 100; });
  }
  std::int64_t now() const {
    std::lock_guard lock(mutex_);
    return start_ + monotonic_.count() / 100;
  }
  std::chrono::nanoseconds monotonic() const {
    std::lock_guard lock(mutex_);
    return monotonic_;
  }
  // How long the plugin has waited, in all.
  std::chrono::nanoseconds waited() const {
    std::lock_guard lock(mutex_);
    return waited_;
  }

  void wait(std::chrono::nanoseconds time) {
    change([&] {
      monotonic_ += time;
      waited_ += time;
    });
  }

 private:
  template <class Change>
  void change(Change change) {
    std::lock_guard lock(mutex_);
    change();
  }
  mutable std::mutex mutex_;
  std::int64_t start_ = kStart;
  std::chrono::nanoseconds monotonic_{0};
  std::chrono::nanoseconds waited_{0};
};

// What a fake function failed with; nothing: it did not.
struct FakeFailure {
  std::int32_t code = AORTA_REJECT;
  std::string reason, message;
};

class FakeState {
 public:
  using Entries = std::map<std::string, std::string, std::less<>>;

  Entries all() const {
    std::lock_guard lock(mutex_);
    return entries_;
  }
  void set(const std::string& key, const std::string& value) {
    std::lock_guard lock(mutex_);
    entries_[key] = value;
  }
  // Every put fails from now on, as with a full disk; false: no more.
  void be_full(bool full = true) {
    std::lock_guard lock(mutex_);
    full_ = full;
  }

  using Put = std::vector<std::pair<std::string, std::optional<std::string>>>;
  std::optional<FakeFailure> put(const Put& entries) {
    std::lock_guard lock(mutex_);
    if (full_) return FakeFailure{AORTA_RETRY, "store-full", "the disk is full"};
    Entries changed = entries_;
    for (const auto& [key, value] : entries) {
      if (key.empty() || key.size() > AORTA_STATE_MAX_KEY) return refused("state/key-too-long");
      if (value && value->size() > AORTA_STATE_MAX_VALUE) return refused("state/value-too-long");
      if (value) {
        changed[key] = *value;
      } else {
        changed.erase(key);
      }
    }
    if (changed.size() > AORTA_STATE_MAX_ENTRIES) return refused("state/full");
    entries_ = std::move(changed);
    return std::nullopt;
  }

 private:
  static FakeFailure refused(std::string reason) {
    return {AORTA_REJECT, std::move(reason), "what state/1 keeps is bounded (AORTA_STATE_MAX_*)"};
  }

  mutable std::mutex mutex_;
  Entries entries_;
  bool full_ = false;
};

class FakeMetrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  // Of a counter or gauge; of a histogram how much was observed in all. NaN: no such series was made.
  double value(std::string_view name, const Labels& labels = {}) const {
    std::lock_guard lock(mutex_);
    const Series* found = find(name, labels);
    return found ? found->value : std::nan("");
  }
  // What a histogram was told, in order.
  std::vector<double> observations(std::string_view name, const Labels& labels = {}) const {
    std::lock_guard lock(mutex_);
    const Series* found = find(name, labels);
    return found ? found->observed : std::vector<double>();
  }

  // As metrics/1 define; nullptr where the host would refuse, `why` then says it.
  aorta_metric* define(const aorta_metric_definition& from, std::string& why) {
    std::lock_guard lock(mutex_);
    Series made{from.type, std::string(view(from.name)), labels_of(from), 0, {}};
    why = fault_of(made, from);
    if (!why.empty()) return nullptr;
    if (Series* found = find(made.name, made.labels)) return handle(found);
    if (series_.size() == AORTA_METRICS_MAX_SERIES) why = "it would be the 101st series";
    return why.empty() ? handle(series_.emplace_back(std::make_unique<Series>(std::move(made))).get()) : nullptr;
  }
  void record(aorta_metric* metric, double value) {
    std::lock_guard lock(mutex_);
    auto& series = *reinterpret_cast<Series*>(metric);
    if (!std::isfinite(value) || (series.type == AORTA_METRIC_COUNTER && value < 0)) return;
    series.value = series.type == AORTA_METRIC_GAUGE ? value : series.value + value;
    if (series.type == AORTA_METRIC_HISTOGRAM) series.observed.push_back(value);
  }

 private:
  struct Series {
    std::int32_t type;
    std::string name;
    Labels labels;
    double value;
    std::vector<double> observed;
  };

  static aorta_metric* handle(Series* series) { return reinterpret_cast<aorta_metric*>(series); }
  static Labels labels_of(const aorta_metric_definition& from) {
    Labels out;
    for (std::uint64_t i = 0; i < from.label_count; ++i)
      out.emplace_back(view(from.labels[i].name), view(from.labels[i].value));
    return out;
  }
  static bool is_name(std::string_view text) {
    auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= 64 && text[0] >= 'a' && text[0] <= 'z' &&
           std::all_of(text.begin(), text.end(), fits);
  }
  static std::string fault_of(const Series& made, const aorta_metric_definition& from) {
    bool counter = made.type == AORTA_METRIC_COUNTER;
    if (!is_name(made.name)) return "its name is not of a-z, 0-9 and _";
    if (counter != made.name.ends_with("_total")) return "the name of a counter, and of nothing else, ends with _total";
    if (view(from.help).empty()) return "it has no help";
    if (made.labels.size() > AORTA_METRICS_MAX_LABELS) return "it has more than 4 labels";
    for (const auto& [name, value] : made.labels) {
      if (!is_name(name) || name == "pipeline" || name == "instance" || name == "le") return "a label has no such name";
    }
    bool histogram = made.type == AORTA_METRIC_HISTOGRAM;
    if (histogram != (from.bound_count > 0)) return "a histogram has bounds, and nothing else has";
    return std::is_sorted(from.bounds, from.bounds + from.bound_count) ? "" : "its bounds do not rise";
  }
  Series* find(std::string_view name, const Labels& labels) const {
    for (const auto& one : series_) {
      if (one->name == name && one->labels == labels) return one.get();
    }
    return nullptr;
  }

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Series>> series_;
};

class FakeSecrets {
 public:
  // `member` of the configuration ("auth.token"); also to rotate it.
  void set(const std::string& member, const std::string& value) {
    std::lock_guard lock(mutex_);
    values_[member] = value;
  }
  // What it stands for cannot be read any more.
  void lose(const std::string& member) {
    std::lock_guard lock(mutex_);
    values_[member] = std::nullopt;
  }

  // The outer one: it is known; the inner one: it can be read.
  std::optional<std::optional<std::string>> read(std::string_view member) const {
    std::lock_guard lock(mutex_);
    auto found = values_.find(member);
    if (found == values_.end()) return std::nullopt;
    return std::optional<std::optional<std::string>>(found->second);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::optional<std::string>, std::less<>> values_;
};

// Servers that answer what the test says. One that it says nothing of cannot be reached.
class FakeHttp {
 public:
  struct Answer {
    unsigned status = 200;
    std::string body{};
    std::vector<std::pair<std::string, std::string>> fields{};
  };
  // Nothing: the request stays without an answer ("http/no-answer").
  using Serve = std::function<std::optional<Answer>(const HttpCall& call)>;

  void answer(const std::string& url, Answer answer) {
    serve(url, [answer = std::move(answer)](const HttpCall&) { return answer; });
  }
  // `call.url` begins with `url`; the longest such one serves. On the plugin's threads, one call at a time.
  void serve(const std::string& url, Serve serve) {
    std::lock_guard lock(mutex_);
    servers_[url] = std::move(serve);
  }
  // All that were sent, in order.
  std::vector<HttpCall> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }

  // Nothing: nobody serves this address.
  std::optional<std::optional<Answer>> send(const HttpCall& call) {
    std::lock_guard lock(mutex_);
    calls_.push_back(call);
    const Serve* best = nullptr;
    for (const auto& [url, serve] : servers_) {
      if (call.url.starts_with(url)) best = &serve;  // in the order of their names: longer ones come later
    }
    if (!best) return std::nullopt;
    return std::optional<std::optional<Answer>>((*best)(call));
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Serve> servers_;
  std::vector<HttpCall> calls_;
};

// The host's listener, to which the test sends.
class FakeRoutes {
 public:
  struct Request {
    std::string body{};
    std::string method = "POST";
    std::string query{};
    std::vector<std::pair<std::string, std::string>> fields{};  // names in lower case
  };
  struct Answer {
    unsigned status = 0;  // 0: none yet
    std::string body{};
    std::uint32_t retry_after_s = 0;
  };

  // The plugin's, as long as they are open.
  std::vector<std::string> paths() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [path, route] : routes_) out.push_back(path);
    return out;
  }
  // Sends to one of them; the number of the exchange, 0: the path is not open.
  std::size_t send(const std::string& path, const Request& request) {
    std::unique_lock lock(mutex_);
    auto found = routes_.find(path);
    if (found == routes_.end()) return 0;
    aorta_http_route route = found->second;
    Exchange* exchange = exchanges_.emplace_back(std::make_unique<Exchange>()).get();
    std::size_t number = exchanges_.size();
    lock.unlock();  // the plugin may answer at once
    std::vector<aorta_pair> fields;
    for (const auto& [name, value] : request.fields) fields.push_back({to_abi(name), to_abi(value)});
    aorta_http_request raw{sizeof raw,
                           0,
                           to_abi(request.method),
                           to_abi(path),
                           to_abi(request.query),
                           to_abi(request.body),
                           fields.data(),
                           fields.size()};
    route.ask(route.self, reinterpret_cast<aorta_http_exchange*>(exchange), &raw);
    return number;
  }
  Answer answer_to(std::size_t exchange) const {
    std::lock_guard lock(mutex_);
    return exchange == 0 ? Answer() : exchanges_.at(exchange - 1)->answer;
  }

  // As http-routes/1. False: the path is open already; or the exchange was answered before.
  bool open(const aorta_http_route& route) {
    std::lock_guard lock(mutex_);
    return routes_.emplace(view(route.path), route).second;
  }
  void close(std::string_view path) {
    std::lock_guard lock(mutex_);
    routes_.erase(std::string(path));
  }
  bool answer(aorta_http_exchange* handle, const aorta_http_answer& answer) {
    std::lock_guard lock(mutex_);
    Answer& out = reinterpret_cast<Exchange*>(handle)->answer;
    if (out.status != 0) return false;
    out = {answer.status, std::string(view(answer.body)), answer.retry_after_s};
    return true;
  }

 private:
  struct Exchange {
    Answer answer;
  };
  mutable std::mutex mutex_;
  std::map<std::string, aorta_http_route> routes_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
};

// What a source that is sent to has remembered under keys (receipts/1).
class FakeReceipts {
 public:
  void remember(const std::string& key, const std::string& text) {
    std::lock_guard lock(mutex_);
    texts_[key] = text;
  }
  std::optional<std::string> recall(std::string_view key) const {
    std::lock_guard lock(mutex_);
    auto found = texts_.find(key);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> texts_;
};

struct Fakes {
  FakeRoutes routes;
  FakeReceipts receipts;
  FakeClock clock;
  FakeState state;
  FakeMetrics metrics;
  FakeSecrets secrets;
  FakeHttp http;
};

}  // namespace aorta::testing
