// A source and a sink that use what the host offers of the world outside their messages, and tell what they found.
#include <aorta/clock.hpp>
#include <aorta/http_client.hpp>
#include <aorta/metrics.hpp>
#include <aorta/plugin.hpp>
#include <aorta/secrets.hpp>
#include <aorta/state.hpp>

namespace {

constexpr char kSeparator = '|';

// How often this was called, over restarts.
int count_in(const aorta::State& state, const std::string& key) {
  int count = 1 + std::stoi(state.get(key).value_or("0"));
  state.put(key, std::to_string(count));
  return count;
}

// Each record says what one of the interfaces answered; the last poll ends.
struct OutsideSource {
  static constexpr std::string_view id = "test.outside";
  struct Config {
    aorta::Secret key;
    std::string url;
    std::string method = "GET";
    std::int64_t state_size = 1;
    std::int64_t series = 1;
    bool wait = false;
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("key", &Config::key, "A secret"), aorta::field("url", &Config::url, "What is fetched"),
      aorta::field("method", &Config::method, "How"),
      aorta::field("state_size", &Config::state_size, "Bytes that are kept"),
      aorta::field("series", &Config::series, "Series that are counted"),
      aorta::field("wait", &Config::wait, "Waits for long")
  );

  OutsideSource(Config config, aorta::Host host)
      : config_(std::move(config)), host_(host), clock_(host), state_(host), secrets_(host), http_(host) {
    aorta::Metrics metrics(host);
    for (std::int64_t i = 0; i < config_.series; ++i)
      polls_ = metrics.counter("polls_total", "Polls.", {{"series", std::to_string(i)}});
    level_ = metrics.gauge("level", "What it was set to.");
    sizes_ = metrics.histogram("size_bytes", "Sizes.", {1, 10, 100});
  }

  void start() { starts_ = count_in(state_, "starts"); }
  void stop() { state_.put("stopped", "yes"); }

  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds) {
    if (config_.wait && clock_.wait(std::chrono::hours(1)) == aorta::Status::Cancelled) return aorta::Status::Cancelled;
    polls_.add();
    level_.set(7);
    sizes_.observe(5);
    sizes_.observe(50);
    tell(out, "starts", std::to_string(starts_));
    tell(out, "kept", kept());
    tell(out, "key", told([&] { return secrets_.read("key"); }));
    if (!config_.url.empty()) tell(out, "http", told([&] { return fetched(); }));
    tell(out, "clock", clock_.now().ticks > 0 && clock_.monotonic().count() > 0 ? "runs" : "stands");
    return aorta::Status::End;
  }
  void settle(std::string_view token, aorta::Outcome) { state_.put("settled " + std::string(token), "yes"); }

 private:
  template <class Call>
  static std::string told(Call call) {
    try {
      return call();
    } catch (const aorta::Failure& failure) {
      return failure.reason();
    }
  }

  std::string kept() const {
    return told([&] {
      state_.put({{"big", std::string(static_cast<std::size_t>(config_.state_size), 'x')}, {"gone", "soon"}});
      state_.forget("gone");
      std::string keys;
      for (const aorta::State::Kept& one : state_.all()) keys += one.key + " ";
      return keys;
    });
  }

  std::string fetched() const {
    auto reply = http_.send({.url = config_.url, .method = config_.method, .fields = {{"X-Test", "1"}}, .body = "in"});
    if (!reply) return "cancelled";
    return std::to_string(reply->status) + " " + reply->body + " " + std::string(reply->field("content-type"));
  }

  void tell(aorta::Batch& out, const std::string& what, const std::string& text) {
    std::string token = std::to_string(++token_);
    out.add({what + kSeparator + text, token, token});
  }

  Config config_;
  aorta::Host host_;
  aorta::Clock clock_;
  aorta::State state_;
  aorta::Secrets secrets_;
  aorta::HttpClient http_;
  aorta::Counter polls_;
  aorta::Gauge level_;
  aorta::Histogram sizes_;
  int starts_ = 0;
  int token_ = 0;
};

// Counts what it writes, over restarts.
struct OutsideSink {
  static constexpr std::string_view id = "test.outside_sink";
  explicit OutsideSink(aorta::Host host)
      : state_(host), written_(aorta::Metrics(host).counter("writes_total", "Batches written.")) {}

  void write(const aorta::Groups& groups, aorta::Results& results) {
    int count = count_in(state_, "writes");
    written_.add();
    for (std::uint64_t group = 0; group < groups.size(); ++group) {
      for (std::uint64_t i = 0; i < groups[group].size(); ++i)
        results.filtered(group, i, "write-" + std::to_string(count));
    }
  }

  aorta::State state_;
  aorta::Counter written_;
};

// A template type is given none of it.
struct OutsideTemplate {
  static constexpr std::string_view id = "test.outside_template";
  explicit OutsideTemplate(aorta::Host host) {
    for (std::string_view outside :
         {AORTA_CLOCK_ID, AORTA_STATE_ID, AORTA_METRICS_ID, AORTA_SECRET_ID, AORTA_HTTP_CLIENT_ID}) {
      if (host.ask<void>(outside)) throw aorta::Reject("given", std::string(outside) + " was given to a template type");
    }
    aorta::State state(host);
  }
  void apply(aorta::Document, aorta::Measurements&) {}
};

}  // namespace

AORTA_MODULE("outside", "1.0.0", OutsideSource, OutsideSink, OutsideTemplate)
