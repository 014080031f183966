// The host as one plugin instance sees it: a log that is kept, a cancellation that the test decides on, and interfaces
// that the drivers of the three kinds add.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/abi/host.h"
#include "aorta/str.hpp"
#include "aorta/testing/contract.hpp"
#include "aorta/testing/fakes.hpp"

namespace aorta::testing {

// How a call into the plugin ended: its code, and what it said if it failed.
struct Answer {
  std::int32_t code = AORTA_OK;
  std::string reason{};
  std::string message{};
  bool ok() const { return code == AORTA_OK; }
};

struct LogLine {
  std::int32_t level;  // AORTA_LOG_*
  std::string text;
};

// Must outlive the instance made with it.
class FakeHost {
 public:
  FakeHost() : raw_{sizeof(aorta_host), AORTA_ABI_MINOR, this, &get, &fail} {
    static constexpr aorta_log kLog{sizeof(aorta_log), 0, &write};
    static constexpr aorta_cancel kCancel{sizeof(aorta_cancel), 0, &cancelled};
    static constexpr aorta_failure kFailure{sizeof(aorta_failure), 0, &last};
    offer(AORTA_LOG_ID, &kLog);
    offer(AORTA_CANCEL_ID, &kCancel);
    offer(AORTA_FAILURE_ID, &kFailure);
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const aorta_host* raw() const { return &raw_; }
  // Before the instance is made. nullptr: this host has no such interface.
  void offer(std::string_view id, const void* api) { interfaces_[std::string(id)] = api; }
  // What the functions of an interface work on, for those that are given the host: state_of() gives it back.
  void keep_state(void* state) { state_ = state; }
  static void* state_of(const aorta_host* raw) { return of(raw).state_; }
  // The world that the plugin finds; its own, unless the test has one.
  void use(Fakes& fakes) { fakes_ = &fakes; }
  Fakes& fakes() { return *fakes_; }
  static Contract& contract_of(const aorta_host* raw) { return of(raw).contract_; }
  static Fakes& fakes_of(const aorta_host* raw) { return of(raw).fakes(); }
  void cancel() { cancelled_ = true; }
  static bool is_cancelled(const aorta_host* raw) { return of(raw).cancelled_; }
  // The instance is gone; who calls now breaks the contract.
  void close() { closed_ = true; }

  std::vector<LogLine> log() const {
    std::lock_guard lock(mutex_);
    return log_;
  }
  Contract& contract() { return contract_; }
  const Contract& contract() const { return contract_; }

  // Calls into the plugin. `function`: its name, for breaches.
  template <class Call>
  Answer call(std::string_view function, Call into_plugin) {
    said() = {};
    std::int32_t code = into_plugin();
    bool fine = code == AORTA_OK || code == AORTA_END || code == AORTA_CANCELLED;
    if (fine) return {code};
    Answer answer = failed(function);
    answer.code = code;
    return answer;
  }
  // What the plugin said on this thread, where the call has no code: a create() that gave NULL.
  Answer failed(std::string_view function) {
    Answer answer = said();
    std::string name(function);
    if (answer.code == AORTA_OK)
      contract_.broke(name + " failed and did not say why; call host->fail() before returning");
    if (answer.code != AORTA_OK && !is_reason(answer.reason))
      contract_.broke(
          name + " failed with the reason \"" + answer.reason + "\"; a reason is kebab-case: \"required-value-missing\""
      );
    if (answer.code != AORTA_OK && answer.message.empty())
      contract_.broke(name + " failed without a message; say in one sentence what, where, and what to do");
    return answer;
  }
  static Answer& said() {
    thread_local Answer answer;
    return answer;
  }

 private:
  static FakeHost& of(const aorta_host* host) { return *static_cast<FakeHost*>(host->context); }
  void used() {
    if (closed_) contract_.broke("the host was called after destroy(); end every thread of the instance in stop()");
  }

  static const void* get(const aorta_host* raw, aorta_str id) {
    FakeHost& host = of(raw);
    host.used();
    auto found = host.interfaces_.find(std::string(view(id)));
    return found == host.interfaces_.end() ? nullptr : found->second;
  }
  static void fail(const aorta_host* raw, std::int32_t code, aorta_str reason, aorta_str message) {
    of(raw).used();
    said() = {code, std::string(view(reason)), std::string(view(message))};
  }
  static void write(const aorta_host* raw, std::int32_t level, aorta_str message) {
    FakeHost& host = of(raw);
    host.used();
    std::lock_guard lock(host.mutex_);
    host.log_.push_back({level, std::string(view(message))});
  }
  static std::int32_t cancelled(const aorta_host* raw) {
    of(raw).used();
    return of(raw).cancelled_ ? 1 : 0;
  }
  static void last(const aorta_host*, std::int32_t* code, aorta_str* reason, aorta_str* message) {
    const Answer& answer = said();
    bool none = answer.code == AORTA_OK;
    *code = answer.code;
    *reason = none ? aorta_str{} : to_abi(answer.reason);
    *message = none ? aorta_str{} : to_abi(answer.message);
  }

  aorta_host raw_;
  void* state_ = nullptr;
  Fakes own_;
  Fakes* fakes_ = &own_;
  std::map<std::string, const void*, std::less<>> interfaces_;
  std::atomic<bool> cancelled_ = false, closed_ = false;
  mutable std::mutex mutex_;
  std::vector<LogLine> log_;
  Contract contract_;
};

}  // namespace aorta::testing
