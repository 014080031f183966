#include "core/plugin/instance.hpp"

#include "core/plugin/failure.hpp"
#include "core/plugin/fhir_access.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/http_access.hpp"
#include "core/plugin/module.hpp"
#include "core/plugin/outside.hpp"
#include "core/plugin/tracing.hpp"

namespace aorta::plugin {
namespace {

const void* get(const aorta_host* host, aorta_str id) {
  std::string_view wanted(id.data, id.size);
  if (auto instead = Instance::of(host).surroundings().instead) {
    if (const void* api = instead(wanted)) return api;
  }
  if (Instance::of(host).surroundings().recorder) {
    if (const void* traced = traced_interface(wanted)) return traced;
  }
  const void* api = host_interface(wanted);
  return !api && Instance::of(host).outside() ? outside_interface(wanted) : api;
}

void fail(const aorta_host*, std::int32_t code, aorta_str reason, aorta_str message) {
  last_failure() = {
      code, std::string(reason.data ? reason.data : "", reason.size),
      std::string(message.data ? message.data : "", message.size)};
}

}  // namespace

Instance::Instance(Kind kind, std::shared_ptr<Module> module, Surroundings surroundings, Home home)
    : module_(std::move(module)),
      surroundings_(std::move(surroundings)),
      home_(home),
      host_{sizeof(aorta_host), AORTA_ABI_MINOR, this, &get, &fail} {
  if (kind != Kind::Template) outside_ = std::make_unique<Outside>(surroundings_);
  if (surroundings_.listener) http_ = std::make_unique<HttpAccess>(surroundings_.listener);
}

Instance::~Instance() {
  if (http_) http_->close_all();  // before the plugin goes: a path leads into it
  if (plugin_) plugin_->destroy(plugin_);
}

Result<std::unique_ptr<Instance>> Instance::make(
    Registry& registry, Kind kind, std::string_view id, std::string_view config, Surroundings surroundings, Home home
) {
  AORTA_TRY(info, registry.need(kind, id));
  AORTA_TRY(module, registry.load(*info));
  std::unique_ptr<Instance> made(new Instance(kind, std::move(module), std::move(surroundings), home));
  forget_failure();
  made->plugin_ =
      made->module_->api().create(&made->host_, {info->id.data(), info->id.size()}, {config.data(), config.size()});
  if (!made->plugin_) return said(AORTA_REJECT).in(made->surroundings_.name);
  return made;
}

std::unique_ptr<Instance> Instance::stand_in(Surroundings surroundings, Home home) {
  return std::unique_ptr<Instance>(new Instance(Kind::Sink, nullptr, std::move(surroundings), std::move(home)));
}

FhirAccess& Instance::fhir() {
  if (!fhir_) fhir_ = std::make_unique<FhirAccess>(*home_.store, home_.identity);
  return *fhir_;
}

Result<void> Instance::start() {
  auto code = call([&] { return plugin_->start(plugin_); });
  if (code.has_error()) return code.error().in(surroundings_.name);
  return {};
}

Result<void> Instance::stop() {
  auto code = call([&] { return plugin_->stop(plugin_); });
  if (code.has_value()) return {};
  if (surroundings_.log) {
    std::string told = "stop: " + std::string(code.error().message());
    surroundings_.log(AORTA_LOG_WARNING, surroundings_.name, told);
  }
  return code.error().in(surroundings_.name);
}

void Instance::forget_failure() { last_failure().code = AORTA_OK; }

Error Instance::said(std::int32_t code) {
  const Failure& failure = last_failure();
  bool retryable = code == AORTA_RETRY;
  if (failure.code == AORTA_OK)
    return Error(
        "plugin-said-nothing", "the plugin failed with code " + std::to_string(code) + " and did not say why", retryable
    );
  return Error(failure.reason.empty() ? "plugin-failed" : failure.reason, failure.message, retryable);
}

}  // namespace aorta::plugin
