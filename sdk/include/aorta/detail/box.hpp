// The aorta_plugin around a plugin object, and the vtables that lead to it.
#pragma once

#include <concepts>
#include <memory>
#include <optional>

#include "aorta/abi/module.h"
#include "aorta/detail/guard.hpp"
#include "aorta/kinds.hpp"
#include "aorta/schema.hpp"

namespace aorta::detail {

template <class T>
concept Loading = requires(T t, Document document, Node body, Problems& problems) {
  t.load(document, body, problems);
};

// A template with a Config and no load() of its own is made from its entry of the device mapping.
template <class T>
inline constexpr bool kMadeByLoad = Template<T>&& Configured<T> && !Loading<T>;

template <class T, class... Config>
void emplace(std::optional<T>& out, Host host, Config&&... config) {
  if constexpr (std::constructible_from<T, Config..., Host>) {
    out.emplace(std::forward<Config>(config)..., host);
  } else if constexpr (std::constructible_from<T, Config...>) {
    out.emplace(std::forward<Config>(config)...);
  } else {
    static_assert(
        std::constructible_from<T, Host>, "a plugin is made from Config, Host, both in this order, or nothing"
    );
    out.emplace(host);
  }
}

inline Json to_json(Node node) {
  Json out;
  if (node.is_object() || node.is_array()) {
    out.kind = node.is_object() ? Json::Kind::Object : Json::Kind::Array;
    for (NodeChild child : node.children()) {
      if (node.is_object()) out.names.emplace_back(child.name);
      out.items.push_back(to_json(child.value));
    }
    return out;
  }
  if (!node.is_null()) out.text = node.text();
  if (node.boolean()) {
    out.kind = Json::Kind::Boolean;
    out.boolean = *node.boolean();
  } else if (node.number()) {
    out.kind = Json::Kind::Number;
  } else if (!node.is_null()) {
    out.kind = Json::Kind::String;
  }
  return out;
}

template <class T>
class Box {
 public:
  static aorta_plugin* make(const aorta_host* host, std::string_view config) {
    auto box = std::make_unique<Box>(host);
    if constexpr (!kMadeByLoad<T>) box->fill(config);
    return &box.release()->raw_;
  }

  explicit Box(const aorta_host* host) : host_(host) {
    if constexpr (Source<T>) records_ = &host_.need<aorta_records>(AORTA_RECORDS_ID);
    if constexpr (Source<T>) receipts_ = host_.ask<aorta_receipts>(AORTA_RECEIPTS_ID);
    if constexpr (Template<T>) {
      document_ = &host_.need<aorta_document_api>(AORTA_DOCUMENT_ID);
      measurements_ = &host_.need<aorta_measurements_api>(AORTA_MEASUREMENTS_ID);
      problems_ = &host_.need<aorta_problems_api>(AORTA_PROBLEMS_ID);
    }
    if constexpr (Sink<T>) {
      groups_ = &host_.need<aorta_groups_api>(AORTA_GROUPS_ID);
      results_ = &host_.need<aorta_results_api>(AORTA_RESULTS_ID);
    }
  }

 private:
  static Box& of(void* self) { return *static_cast<Box*>(self); }
  static Box& of(aorta_plugin* plugin) { return of(plugin->self); }

  void fill(std::string_view config) {
    if constexpr (Configured<T>) {
      auto wrong = [](std::string_view, const std::string& message) { throw Reject("bad-config", message); };
      emplace(value_, host_, read_config(T::schema, JsonReader::read(config), wrong));
    } else {
      emplace(value_, host_);
    }
  }

  // aorta_plugin ----------------------------------------------------------------------------------------------
  static void destroy(aorta_plugin* plugin) {
    Box* box = &of(plugin);
    guard(box->host_.raw(), AORTA_FATAL, [&] { delete box; });
  }
  static const void* get(aorta_plugin*, aorta_str ability) {
    if constexpr (Source<T>) {
      if (view(ability) == AORTA_SOURCE_ID) return &kSource;
      if constexpr (requires(T t) {
                      { t.progress() } -> std::convertible_to<Progress>;
                    }) {
        if (view(ability) == AORTA_PROGRESS_ID) return &kProgress;
      }
      if constexpr (Keeping<T>) {
        if (view(ability) == AORTA_KEPT_ID) return &kKept;
      }
    }
    if constexpr (Template<T>) {
      if (view(ability) == AORTA_TEMPLATE_ID) return &kTemplate;
      if constexpr (requires(T t) {
                      t.type_name();
                      t.value_name(std::size_t{});
                    }) {
        if (view(ability) == AORTA_TEMPLATE_NAMES_ID) return &kNames;
      }
      if constexpr (requires(T t) { t.required_name(std::size_t{}); }) {
        if (view(ability) == AORTA_HINTS_ID) return &kHints;
      }
    }
    if constexpr (Sink<T>) {
      if (view(ability) == AORTA_SINK_ID) return &kSink;
    }
    return nullptr;
  }
  static std::int32_t start(aorta_plugin* plugin) {
    if constexpr (requires(T t) { t.start(); })
      return guard(of(plugin).host_.raw(), AORTA_FATAL, [&] { of(plugin).value_->start(); });
    return AORTA_OK;
  }
  static std::int32_t stop(aorta_plugin* plugin) {
    if constexpr (requires(T t) { t.stop(); })
      return guard(of(plugin).host_.raw(), AORTA_FATAL, [&] { of(plugin).value_->stop(); });
    return AORTA_OK;
  }

  // source/1, kept/1, progress/1 --------------------------------------------------------------------------------------
  static std::int32_t poll(
      void* self, aorta_batch* batch, std::uint64_t records, std::uint64_t bytes, std::uint32_t wait
  ) {
    Box& box = of(self);
    return guard(box.host_.raw(), AORTA_FATAL, [&] {
      Batch out(box.records_, batch, records, bytes, box.receipts_);
      return box.value_->poll(out, static_cast<std::size_t>(records), std::chrono::milliseconds(wait));
    });
  }
  static void settle(void* self, aorta_str token, std::int32_t outcome) {
    if constexpr (requires(T t) { t.settle(std::string_view(), Outcome()); }) {
      guard(of(self).host_.raw(), AORTA_FATAL, [&] {
        of(self).value_->settle(view(token), static_cast<Outcome>(outcome));
      });
    }
  }
  static void kept(void* self, std::int32_t code) {
    if constexpr (Keeping<T>)
      guard(of(self).host_.raw(), AORTA_FATAL, [&] { of(self).value_->kept(code == AORTA_OK); });
  }
  static void progress(void* self, std::uint64_t* done, std::uint64_t* total) {
    guard(of(self).host_.raw(), AORTA_FATAL, [&] {
      Progress p = of(self).value_->progress();
      *done = p.done;
      *total = p.total;
    });
  }

  // template/1, template-names/1, hints/1
  // --------------------------------------------------------------------------------
  void make_from(Node body, Problems& problems) {
    auto report = [&](std::string_view name, const std::string& message) {
      Node at = name.data() ? body[name] : body;
      problems.add(at, name.data() ? Problems::At::Name : Problems::At::Node, message);
    };
    auto config = read_config(T::schema, to_json(body), report);
    if (problems.count() == 0) emplace(value_, host_, std::move(config));
  }
  static std::int32_t load(void* self, aorta_document* document, const aorta_node* body, aorta_problems* problems) {
    Box& box = of(self);
    return guard(box.host_.raw(), AORTA_REJECT, [&] {
      Problems out(box.problems_, problems);
      Node node(box.document_, body);
      if constexpr (kMadeByLoad<T>) box.make_from(node, out);
      if constexpr (Loading<T>) box.value_->load(Document(box.document_, document), node, out);
      return out.count() == 0 ? AORTA_OK : AORTA_REJECT;
    });
  }
  static std::int32_t apply(void* self, aorta_document* document, aorta_measurements* out) {
    Box& box = of(self);
    return guard(box.host_.raw(), AORTA_REJECT, [&] {
      Measurements measurements(box.measurements_, out);
      box.value_->apply(Document(box.document_, document), measurements);
    });
  }
  static aorta_str type(void* self) { return to_abi(of(self).value_->type_name()); }
  static aorta_str value(void* self, std::uint64_t index) {
    return to_abi(of(self).value_->value_name(static_cast<std::size_t>(index)));
  }
  static aorta_str required_name(void* self, std::uint64_t index) {
    return to_abi(of(self).value_->required_name(static_cast<std::size_t>(index)));
  }

  // sink/1 ----------------------------------------------------------------------------------------------------
  static std::int32_t write(void* self, const aorta_group* const* groups, std::uint64_t count, aorta_results* results) {
    Box& box = of(self);
    return guard(box.host_.raw(), AORTA_REJECT, [&] {
      Results out(box.results_, results);
      box.value_->write(Groups(box.groups_, groups, count), out);
    });
  }

  static constexpr aorta_source kSource = [] {
    if constexpr (Source<T>) return aorta_source{sizeof(aorta_source), 0, &poll, &settle};
    return aorta_source{};
  }();
  static constexpr aorta_kept kKept{sizeof(aorta_kept), 0, &kept};
  static constexpr aorta_progress kProgress = [] {
    if constexpr (requires(T t) { t.progress(); }) return aorta_progress{sizeof(aorta_progress), 0, &progress};
    return aorta_progress{};
  }();
  static constexpr aorta_template kTemplate = [] {
    if constexpr (Template<T>) return aorta_template{sizeof(aorta_template), 0, &load, &apply};
    return aorta_template{};
  }();
  static constexpr aorta_template_names kNames = [] {
    if constexpr (requires(T t) { t.type_name(); })
      return aorta_template_names{sizeof(aorta_template_names), 0, &type, &value};
    return aorta_template_names{};
  }();
  static constexpr aorta_hints kHints = [] {
    if constexpr (requires(T t) { t.required_name(std::size_t{}); })
      return aorta_hints{sizeof(aorta_hints), 0, &required_name};
    return aorta_hints{};
  }();
  static constexpr aorta_sink kSink = [] {
    if constexpr (Sink<T>) return aorta_sink{sizeof(aorta_sink), 0, &write};
    return aorta_sink{};
  }();

  aorta_plugin raw_{sizeof(aorta_plugin), 0, this, &destroy, &get, &start, &stop};
  Host host_;
  std::optional<T> value_;
  const aorta_records* records_ = nullptr;
  const aorta_receipts* receipts_ = nullptr;
  const aorta_document_api* document_ = nullptr;
  const aorta_measurements_api* measurements_ = nullptr;
  const aorta_problems_api* problems_ = nullptr;
  const aorta_groups_api* groups_ = nullptr;
  const aorta_results_api* results_ = nullptr;
};

}  // namespace aorta::detail
