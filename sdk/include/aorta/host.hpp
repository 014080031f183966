// What the host offers to a plugin instance.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aorta/abi/host.h"
#include "aorta/abi/source.h"
#include "aorta/status.hpp"
#include "aorta/str.hpp"

namespace aorta {

// A cheap handle; valid as long as the plugin instance. All of it may be used on any thread.
class Host {
 public:
  explicit Host(const aorta_host* host)
      : host_(host), log_(ask<aorta_log>(AORTA_LOG_ID)), cancel_(ask<aorta_cancel>(AORTA_CANCEL_ID)) {}

  // One line to the operator, prefixed by the host with the instance's name. Never what a device sent.
  void debug(std::string_view message) const { log(AORTA_LOG_DEBUG, message); }
  void info(std::string_view message) const { log(AORTA_LOG_INFO, message); }
  void warning(std::string_view message) const { log(AORTA_LOG_WARNING, message); }
  void error(std::string_view message) const { log(AORTA_LOG_ERROR, message); }

  // True once this instance is to come to an end: return Status::Cancelled soon.
  bool cancelled() const { return cancel_ && cancel_->cancelled(host_) != 0; }

  // The host's interface with this id ("document/1"), or nullptr where this host has none.
  template <class Api>
  const Api* ask(std::string_view id) const {
    return static_cast<const Api*>(host_->get(host_, to_abi(id)));
  }
  // As ask(); throws Fatal where this host has none.
  template <class Api>
  const Api& need(std::string_view id) const {
    if (const Api* api = ask<Api>(id)) return *api;
    throw Fatal(
        "host-too-old",
        "this host has no interface " + std::string(id) +
            " for this plugin; use a newer release of it (template types have none of the outside world)"
    );
  }

  // The failure that a host function which returned a code other than AORTA_OK has reported, to be thrown.
  Failure last_failure() const {
    std::int32_t code = AORTA_FATAL;
    aorta_str reason{}, message{};
    need<aorta_failure>(AORTA_FAILURE_ID).last(host_, &code, &reason, &message);
    return {code, std::string(view(reason)), std::string(view(message))};
  }

  // What a source has remembered under this key (Batch::remember).
  std::optional<std::string> recall(std::string_view key) const {
    std::optional<std::string> text;
    auto give = [](void* context, aorta_str found) {
      *static_cast<std::optional<std::string>*>(context) = std::string(view(found));
    };
    if (const auto* receipts = ask<aorta_receipts>(AORTA_RECEIPTS_ID))
      receipts->recall(host_, to_abi(key), &text, give);
    return text;
  }

  const aorta_host* raw() const { return host_; }

 private:
  void log(std::int32_t level, std::string_view message) const {
    if (log_) log_->write(host_, level, to_abi(message));
  }

  const aorta_host* host_;
  const aorta_log* log_;
  const aorta_cancel* cancel_;
};

}  // namespace aorta
