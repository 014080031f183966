#include "core/plugin/templates.hpp"

#include <mutex>

#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/tracing.hpp"

namespace aorta::plugin {
namespace {

class PluginTemplate : public mapping::Template {
 public:
  PluginTemplate(std::unique_ptr<Instance> instance, const aorta_template* api)
      : instance_(std::move(instance)), api_(api) {}

  ~PluginTemplate() override {
    if (started_) (void)instance_->stop();
  }
  Result<std::int32_t> load(document::Document& file, const document::Node& body, std::vector<mapping::Problem>& out) {
    aorta_problems problems{file, out};
    return instance_->call([&] { return api_->load(instance_->self(), to_abi(&file), to_abi(&body), &problems); });
  }

  Result<void> apply(document::Document& message, mapping::MeasurementSink& out) override {
    if (!started_) AORTA_CHECK(start());
    aorta_measurements measurements{out, scratch_};
    Recording recording(instance_->surroundings().recorder);
    auto code = instance_->call([&] { return api_->apply(instance_->self(), to_abi(&message), &measurements); });
    if (code.has_error()) return code.error();
    return {};
  }

  std::string type_name() const override {
    const auto* names = instance_->ability<aorta_template_names>(AORTA_TEMPLATE_NAMES_ID);
    return names ? std::string(view(names->type(instance_->self()))) : std::string();
  }

  std::vector<std::string> value_names() const override {
    std::vector<std::string> out;
    const auto* names = instance_->ability<aorta_template_names>(AORTA_TEMPLATE_NAMES_ID);
    if (!names) return out;
    for (aorta_str name; (name = names->value(instance_->self(), out.size())).data;) out.emplace_back(view(name));
    return out;
  }

  std::vector<std::string> required_names() const override {
    std::vector<std::string> out;
    const auto* hints = instance_->ability<aorta_hints>(AORTA_HINTS_ID);
    if (!hints) return out;
    for (aorta_str name; (name = hints->required_name(instance_->self(), out.size())).data;)
      out.emplace_back(view(name));
    return out;
  }

 private:
  // With the first message: a mapping that is only looked at starts nothing.
  Result<void> start() {
    static std::mutex one_at_a_time;
    std::lock_guard lock(one_at_a_time);
    AORTA_CHECK(instance_->start());
    started_ = true;
    return {};
  }

  std::unique_ptr<Instance> instance_;
  const aorta_template* api_;
  std::vector<mapping::ValueView> scratch_;
  bool started_ = false;
};

Result<std::unique_ptr<PluginTemplate>> make_template(Registry& registry, std::string_view type, Surroundings where) {
  AORTA_TRY(instance, Instance::make(registry, Kind::Template, type, "{}", std::move(where)));
  AORTA_TRY(api, instance->need<aorta_template>(AORTA_TEMPLATE_ID));
  return std::make_unique<PluginTemplate>(std::move(instance), api);
}

}  // namespace

PluginTemplateFactory::Made PluginTemplateFactory::make(
    std::string_view type, document::Document& file, const document::Node& body, std::vector<mapping::Problem>& problems
) {
  Made out;
  out.known = registry_.find(Kind::Template, type) != nullptr;
  if (!out.known) return out;
  auto made = make_template(registry_, type, surroundings_);
  if (made.has_error()) {
    problems.push_back({std::string(made.error().message()), file.position(body, document::Document::At::Node)});
    return out;
  }
  std::size_t before = problems.size();
  auto loaded = (*made)->load(file, body, problems);
  if (loaded.has_error() && problems.size() == before) out.escaped = loaded.error();
  if (!loaded.has_error() && problems.size() == before) out.made = std::move(*made);
  return out;
}

std::string PluginTemplateFactory::canonical(std::string_view type) const {
  const PluginInfo* found = registry_.find(Kind::Template, type);
  return found ? found->id : std::string();
}

}  // namespace aorta::plugin
