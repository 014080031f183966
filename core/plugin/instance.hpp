// One plugin instance and the host struct it sees.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/abi/module.h"
#include "aorta/abi/sink.h"
#include "core/base/result.hpp"
#include "core/expr/expression.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/sink.hpp"
#include "core/plugin/surroundings.hpp"

namespace aorta::plugin {

struct FhirAccess;
class HttpAccess;
struct Outside;

class Instance {
 public:
  // Loads the library if need be, and creates. Errors name the instance and carry the plugin's own reason and message.
  static Result<std::unique_ptr<Instance>> make(
      Registry& registry, Kind kind, std::string_view id, std::string_view config, Surroundings surroundings,
      Home home = {}
  );
  // One without a library: what a worker asks of the host is done in its name. It has no abilities and no self().
  static std::unique_ptr<Instance> stand_in(Surroundings surroundings, Home home);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  static Instance& of(const aorta_host* host) { return *static_cast<Instance*>(host->context); }

  // The plugin's vtable of an ability, or nullptr.
  template <class Api>
  const Api* ability(std::string_view id) {
    return static_cast<const Api*>(plugin_->get(plugin_, {id.data(), id.size()}));
  }
  // As ability(), but its absence is an error of the plugin.
  template <class Api>
  Result<const Api*> need(std::string_view id) {
    if (const Api* api = ability<Api>(id)) return api;
    return Error("plugin-refused", "the plugin has no ability " + std::string(id)).in(surroundings_.name);
  }
  void* self() const { return plugin_->self; }

  Result<void> start();
  // Once after the last call; safe twice. A failure stands in the log: what was to be written is written by then.
  Result<void> stop();

  // Calls into the plugin and gives its code, or what it said when the code is a failure.
  template <class Call>
  Result<std::int32_t> call(Call into_plugin) {
    forget_failure();
    std::int32_t code = into_plugin();
    if (code == AORTA_OK || code == AORTA_END || code == AORTA_CANCELLED) return code;
    return said(code);
  }

  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const {
    return cancelled_.load(std::memory_order_relaxed) || (surroundings_.cancelled && surroundings_.cancelled());
  }
  const aorta_host* host() const { return &host_; }
  const Surroundings& surroundings() const { return surroundings_; }
  const Home& home() const { return home_; }
  // The Observation engines that a sink has asked for.
  std::vector<aorta_observation_mapping*>& engines() { return engines_; }
  // What stands behind fhir/1; made when it is first asked for. The sink has a store.
  FhirAccess& fhir();
  bool has_fhir() const { return fhir_ != nullptr; }
  // What stands behind http-routes/1; nullptr: there is no listener.
  HttpAccess* http() { return http_.get(); }
  // What stands behind state/1, metrics/1, secret/1 and http-client/1; nullptr: it is a template type, which has none.
  Outside* outside() { return outside_.get(); }
  expr::Tokens& scratch() { return scratch_; }

 private:
  Instance(Kind kind, std::shared_ptr<Module> module, Surroundings surroundings, Home home);
  static void forget_failure();
  static Error said(std::int32_t code);

  std::shared_ptr<Module> module_;
  Surroundings surroundings_;
  Home home_;
  std::vector<aorta_observation_mapping*> engines_;
  std::unique_ptr<FhirAccess> fhir_;
  std::unique_ptr<HttpAccess> http_;
  std::unique_ptr<Outside> outside_;
  expr::Tokens scratch_;
  std::atomic<bool> cancelled_ = false;
  aorta_host host_;
  aorta_plugin* plugin_ = nullptr;
};

}  // namespace aorta::plugin
