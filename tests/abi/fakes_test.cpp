#include <aorta/clock.hpp>
#include <aorta/http_client.hpp>
#include <aorta/metrics.hpp>
#include <aorta/plugin.hpp>
#include <aorta/secrets.hpp>
#include <aorta/state.hpp>
#include <aorta/testing.hpp>

// Asks a watch's server for what came since the last time; "since" outlives restarts.
struct AcmeWatch {
  static constexpr std::string_view id = "acme.watch";

  explicit AcmeWatch(aorta::Host host) : clock_(host), state_(host), secrets_(host), http_(host) {
    asked_ = aorta::Metrics(host).counter("asked_total", "Times that the server was asked.");
  }

  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds wait) {
    if (clock_.wait(wait) == aorta::Status::Cancelled) return aorta::Status::Cancelled;
    std::string since = state_.get("since").value_or("0");
    auto reply = http_.send(
        {.url = "https://acme.example/pulse?since=" + since,
         .fields = {{"Authorization", "Bearer " + secrets_.read("token")}}}
    );
    asked_.add();
    if (!reply) return aorta::Status::Cancelled;
    if (reply->status != 200)
      throw aorta::Retry("acme-refused", "the server answered " + std::to_string(reply->status));
    out.add({reply->body, since, "since " + since});
    return aorta::Status::Ok;
  }
  void settle(std::string_view token, aorta::Outcome) {
    state_.put("since", std::to_string(std::stoi(std::string(token)) + 1));
  }

  aorta::Clock clock_;
  aorta::State state_;
  aorta::Secrets secrets_;
  aorta::HttpClient http_;
  aorta::Counter asked_;
};
AORTA_PLUGIN(AcmeWatch)

using namespace aorta::testing;

AORTA_TEST("it goes on where it was, over a restart") {
  Fakes world;
  world.secrets.set("token", "t0");
  world.http.answer("https://acme.example/pulse", {200, R"({"hr":71})"});
  Library library(aorta_module_v1);
  for (int run = 0; run < 2; ++run) {
    SourceDriver source(library, "acme.watch", "{}", world);
    AORTA_EXPECT(source.start().ok());
    auto records = source.poll(1, 1 << 20, std::chrono::minutes(1)).records;
    AORTA_EXPECT(records.size() == 1 && records[0].position == "since " + std::to_string(run));
    source.settle(records[0].token);
    AORTA_EXPECT(source.stop().ok());
    AORTA_EXPECT_TEXT(source.broken(), "");
  }
  AORTA_EXPECT(world.clock.waited() == std::chrono::minutes(2));
  AORTA_EXPECT(world.metrics.value("asked_total") == 2);
  AORTA_EXPECT_TEXT(world.http.calls()[1].url, "https://acme.example/pulse?since=1");
}

AORTA_TEST("a rotated token is sent, a refusal is told") {
  Fakes world;
  world.secrets.set("token", "t0");
  world.http.serve("https://acme.example", [](const aorta::HttpCall& call) -> std::optional<FakeHttp::Answer> {
    bool fresh = call.fields[0].second == "Bearer t1";
    return FakeHttp::Answer{fresh ? 200u : 401u, "{}"};
  });
  Library library(aorta_module_v1);
  SourceDriver source(library, "acme.watch", "{}", world);
  AORTA_EXPECT_TEXT(source.poll(1).answer.reason, "acme-refused");
  world.secrets.set("token", "t1");
  AORTA_EXPECT(source.poll(1).records.size() == 1);
  world.secrets.lose("token");
  AORTA_EXPECT_TEXT(source.poll(1).answer.reason, "secret/unavailable");
  source.cancel();
  AORTA_EXPECT(source.poll(1).answer.code == AORTA_CANCELLED);
}

AORTA_TEST_MAIN
