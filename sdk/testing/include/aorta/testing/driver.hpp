// One plugin instance in a host of its own: what the drivers of the three kinds share.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "aorta/abi/module.h"
#include "aorta/abi/template.h"
#include "aorta/testing/fake_host.hpp"
#include "aorta/testing/fake_interfaces.hpp"
#include "aorta/testing/library.hpp"

namespace aorta::testing {

using Offers = std::initializer_list<std::pair<std::string_view, const void*>>;

class Driver {
 public:
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() { destroy(); }

  // How create() ended; nothing else may be called where it failed.
  const Answer& made() const { return made_; }
  bool exists() const { return plugin_ != nullptr; }
  Answer start() {
    return host_.call("start()", [&] { return plugin_->start(plugin_); });
  }
  Answer stop() {
    return host_.call("stop()", [&] { return plugin_->stop(plugin_); });
  }
  // The instance ends; also done when the driver goes.
  void destroy() {
    if (plugin_) plugin_->destroy(std::exchange(plugin_, nullptr));
    host_.close();
  }
  // From now on the plugin is to come to an end. Any thread.
  void cancel() { host_.cancel(); }
  std::vector<LogLine> log() const { return host_.log(); }
  // What the plugin did that the ABI does not allow, one breach a line; empty: it kept the contract.
  std::string broken() const { return host_.contract().text(); }
  FakeHost& host() { return host_; }
  // The world it finds: the one that the driver was made with, or one of its own.
  Fakes& world() { return host_.fakes(); }

 protected:
  // `ability`: what an instance of this kind must have. `world`: nullptr: one of its own.
  Driver(
      const Library& library, std::string_view id, std::string_view config, std::string_view ability, Offers offers,
      Fakes* world = nullptr
  ) {
    if (world) host_.use(*world);
    if (ability != AORTA_TEMPLATE_ID) offer_outside();
    for (const auto& [name, api] : offers) host_.offer(name, api);
    FakeHost::said() = {};
    plugin_ = library.module().create(host_.raw(), to_abi(id), to_abi(config));
    if (plugin_) {
      find_api(ability);
    } else {
      fail_made();
    }
  }
  void find_api(std::string_view ability) {
    api_ = plugin_->get(plugin_, to_abi(ability));
    if (!api_) broke("get(\"" + std::string(ability) + "\") gave NULL; an instance of this kind must have it");
    if (plugin_->get(plugin_, to_abi("no-such-ability/1")))
      broke("get() of an unknown ability gave a vtable; give NULL for what the instance does not have");
  }
  // What template types have not: they are to know nothing but the message.
  void offer_outside() {
    host_.offer(AORTA_CLOCK_ID, &detail::kFakeClock);
    host_.offer(AORTA_STATE_ID, &detail::kFakeState);
    host_.offer(AORTA_METRICS_ID, &detail::kFakeMetrics);
    host_.offer(AORTA_SECRET_ID, &detail::kFakeSecret);
    host_.offer(AORTA_HTTP_CLIENT_ID, &detail::kFakeHttpClient);
  }
  void fail_made() {
    made_ = host_.failed("create()");
    if (made_.code == AORTA_OK) made_.code = AORTA_REJECT;
  }
  void broke(std::string what) { host_.contract().broke(std::move(what)); }
  void* self() const { return plugin_->self; }
  template <class Api>
  const Api& api() const {
    return *static_cast<const Api*>(api_);
  }
  template <class Api>
  const Api* optional_api(std::string_view ability) const {
    return static_cast<const Api*>(plugin_->get(plugin_, to_abi(ability)));
  }
  bool has_api() const { return api_ != nullptr; }

 private:
  FakeHost host_;
  aorta_plugin* plugin_ = nullptr;
  const void* api_ = nullptr;
  Answer made_;
};

}  // namespace aorta::testing
