// clock/1, state/1, metrics/1, secret/1 and http-client/1 over a test's Fakes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "aorta/abi/clock.h"
#include "aorta/abi/http_client.h"
#include "aorta/abi/metrics.h"
#include "aorta/abi/secret.h"
#include "aorta/abi/state.h"
#include "aorta/testing/fake_host.hpp"
#include "aorta/testing/fakes.hpp"

namespace aorta::testing::detail {

inline std::string text(aorta_str from) { return std::string(view(from)); }

struct FakeInterfaces {
  static std::int32_t fail(const aorta_host* host, const FakeFailure& failure) {
    host->fail(host, failure.code, to_abi(failure.reason), to_abi(failure.message));
    return failure.code;
  }

  static std::int64_t now(const aorta_host* host) { return FakeHost::fakes_of(host).clock.now(); }
  static std::int64_t monotonic(const aorta_host* host) { return FakeHost::fakes_of(host).clock.monotonic().count(); }
  static std::int32_t wait(const aorta_host* host, std::uint64_t milliseconds) {
    if (FakeHost::is_cancelled(host)) return AORTA_CANCELLED;
    FakeHost::fakes_of(host).clock.wait(std::chrono::milliseconds(milliseconds));
    return AORTA_OK;
  }

  static std::int32_t get(
      const aorta_host* host, aorta_str key, void* context, void (*give)(void* context, aorta_str value)
  ) {
    FakeState::Entries all = FakeHost::fakes_of(host).state.all();
    auto found = all.find(view(key));
    if (found != all.end()) give(context, to_abi(found->second));
    return AORTA_OK;
  }
  static std::int32_t put(const aorta_host* host, const aorta_pair* entries, std::uint64_t count) {
    FakeState::Put all;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto& entry = all.emplace_back(text(entries[i].name), std::nullopt);
      if (entries[i].value.data) entry.second = text(entries[i].value);
    }
    auto failure = FakeHost::fakes_of(host).state.put(all);
    return failure ? fail(host, *failure) : AORTA_OK;
  }
  static std::int32_t each(
      const aorta_host* host, aorta_str prefix, void* context,
      void (*give)(void* context, aorta_str key, aorta_str value)
  ) {
    for (const auto& [key, value] : FakeHost::fakes_of(host).state.all()) {
      if (std::string_view(key).starts_with(view(prefix))) give(context, to_abi(key), to_abi(value));
    }
    return AORTA_OK;
  }

  static aorta_metric* define(const aorta_host* host, const aorta_metric_definition* definition) {
    std::string why;
    aorta_metric* made = FakeHost::fakes_of(host).metrics.define(*definition, why);
    if (!made) fail(host, {AORTA_REJECT, "metrics/invalid", text(definition->name) + " cannot be kept: " + why});
    return made;
  }
  static void record(const aorta_host* host, aorta_metric* metric, double value) {
    if (metric) FakeHost::fakes_of(host).metrics.record(metric, value);
  }

  static std::int32_t read(
      const aorta_host* host, aorta_str member, void* context, void (*give)(void* context, aorta_str value)
  ) {
    auto found = FakeHost::fakes_of(host).secrets.read(view(member));
    if (!found) return fail(host, {AORTA_REJECT, "secret/unknown", "no secret was set for " + text(member)});
    if (!*found) return fail(host, {AORTA_RETRY, "secret/unavailable", "the secret " + text(member) + " is lost"});
    give(context, to_abi(**found));
    return AORTA_OK;
  }

  static std::int32_t send(
      const aorta_host* host, const aorta_http_call* raw, void* context,
      void (*give)(void* context, const aorta_http_reply* reply)
  ) {
    if (FakeHost::is_cancelled(host)) return AORTA_CANCELLED;
    HttpCall call = call_of(*raw);
    auto answer = FakeHost::fakes_of(host).http.send(call);
    if (!answer) return fail(host, {AORTA_RETRY, "http/unreachable", "nobody serves " + call.url});
    if (!*answer) return fail(host, {AORTA_RETRY, "http/no-answer", call.url + " gave no answer"});
    if (call.max_answer_bytes > 0 && (*answer)->body.size() > call.max_answer_bytes)
      return fail(host, {AORTA_RETRY, "http/answer-too-large", call.url + " sent more than was asked for"});
    tell(**answer, context, give);
    return AORTA_OK;
  }

  static std::int32_t open(const aorta_host* host, const aorta_http_route* route) {
    if (FakeHost::fakes_of(host).routes.open(*route)) return AORTA_OK;
    return fail(host, {AORTA_REJECT, "route-taken", "the path " + text(route->path) + " is open already"});
  }
  static void close(const aorta_host* host, aorta_str path) { FakeHost::fakes_of(host).routes.close(view(path)); }
  static void answer(const aorta_host* host, aorta_http_exchange* exchange, const aorta_http_answer* answer) {
    if (!FakeHost::fakes_of(host).routes.answer(exchange, *answer))
      FakeHost::contract_of(host).broke("an exchange was answered twice; each one is answered once");
  }
  static void recall(
      const aorta_host* host, aorta_str key, void* context, void (*give)(void* context, aorta_str text)
  ) {
    auto found = FakeHost::fakes_of(host).receipts.recall(view(key));
    if (found) give(context, to_abi(*found));
  }

 private:
  static HttpCall call_of(const aorta_http_call& raw) {
    HttpCall call{text(raw.url), text(raw.method), {}, {}, std::chrono::milliseconds(raw.timeout_ms)};
    for (std::uint64_t i = 0; i < raw.field_count; ++i)
      call.fields.emplace_back(view(raw.fields[i].name), view(raw.fields[i].value));
    if (raw.body.data) call.body = text(raw.body);
    call.max_answer_bytes = raw.max_answer_bytes;
    return call;
  }
  static void tell(
      const FakeHttp::Answer& answer, void* context, void (*give)(void* context, const aorta_http_reply* reply)
  ) {
    std::vector<aorta_pair> fields;
    for (const auto& [name, value] : answer.fields) fields.push_back({to_abi(name), to_abi(value)});
    aorta_http_reply reply{sizeof reply, answer.status, fields.data(), fields.size(), to_abi(answer.body)};
    give(context, &reply);
  }
};

inline constexpr aorta_clock kFakeClock{
    sizeof(aorta_clock), 0, &FakeInterfaces::now, &FakeInterfaces::monotonic, &FakeInterfaces::wait};
inline constexpr aorta_state kFakeState{
    sizeof(aorta_state), 0, &FakeInterfaces::get, &FakeInterfaces::put, &FakeInterfaces::each};
inline constexpr aorta_metrics kFakeMetrics{sizeof(aorta_metrics), 0, &FakeInterfaces::define, &FakeInterfaces::record};
inline constexpr aorta_secret kFakeSecret{sizeof(aorta_secret), 0, &FakeInterfaces::read};
inline constexpr aorta_http_routes kFakeHttpRoutes{
    sizeof(aorta_http_routes), 0, &FakeInterfaces::open, &FakeInterfaces::close, &FakeInterfaces::answer};
inline constexpr aorta_http_client kFakeHttpClient{sizeof(aorta_http_client), 0, &FakeInterfaces::send};

}  // namespace aorta::testing::detail
