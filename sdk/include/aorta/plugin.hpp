// Everything a plugin author needs: derive from nothing, write poll(), apply() or write(), and end the file with
// AORTA_PLUGIN(Type).
//
// A plugin type has
//   static constexpr std::string_view id         its name in pipeline files
//   static constexpr std::string_view summary    optional: one line for `aorta plugin list`
//   struct Config, static constexpr auto schema   optional (aorta/schema.hpp)
//   a constructor from Config, Host, both or nothing; it may throw aorta::Reject
//   start(), stop()                               optional
//   a source:   Status poll(Batch&, std::size_t max, std::chrono::milliseconds wait); optional settle(token, Outcome),
//               Progress progress(); void kept(bool durable) where its senders cannot send again: the host keeps its
//               records in a journal
//   a template: void apply(Document, Measurements&); optional load(Document, Node, Problems&): without it, Config is
//               read from the entry of the device mapping; optional type_name(), value_name(index); optional
//               required_name(index): the names of members without which no message of it matches, so that it is not
//               applied where one is missing
//   a sink:     void write(const Groups&, Results&)
// What these functions throw fails the call and nothing else.
#pragma once

#include <string>
#include <string_view>

#include "aorta/abi.h"
#include "aorta/detail/box.hpp"
#include "aorta/expression.hpp"
#include "aorta/manifest.hpp"
#include "aorta/observations.hpp"

#ifndef AORTA_PLUGIN_VERSION
#define AORTA_PLUGIN_VERSION "0.0.0"
#endif

namespace aorta::detail {

template <class... Plugins>
aorta_plugin* create(const aorta_host* host, aorta_str id, aorta_str config) noexcept {
  aorta_plugin* made = nullptr;
  guard(host, AORTA_REJECT, [&] {
    bool known = ((view(id) == Plugins::id && (made = Box<Plugins>::make(host, view(config)))) || ...);
    if (!known) throw Reject("unknown-plugin", "this library has no plugin \"" + std::string(view(id)) + "\"");
  });
  return made;
}

template <class... Plugins>
constexpr aorta_module make_module(aorta_str (*manifest)()) {
  return {sizeof(aorta_module), AORTA_ABI_MAJOR, AORTA_ABI_MINOR, 0, 0, 0, manifest, &create<Plugins...>};
}

}  // namespace aorta::detail

// The library `name` with the plugins that follow. Once per library, at global scope.
#define AORTA_MODULE(name, version, ...)                                                                          \
  static aorta_str aorta_manifest_of_this_module() noexcept {                                                     \
    static const std::string text = ::aorta::detail::make_manifest<__VA_ARGS__>(name, version);                   \
    return ::aorta::to_abi(text);                                                                                 \
  }                                                                                                               \
  extern "C" {                                                                                                    \
  __attribute__((visibility("default"))) extern const aorta_module aorta_module_v1;                               \
  const aorta_module aorta_module_v1 = ::aorta::detail::make_module<__VA_ARGS__>(&aorta_manifest_of_this_module); \
  }
// The library with this one plugin, named as the plugin's id.
#define AORTA_PLUGIN(Type) AORTA_MODULE(Type::id, AORTA_PLUGIN_VERSION, Type)
