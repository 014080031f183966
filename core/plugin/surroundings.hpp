// What the host tells a plugin instance about where it lives.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/plugin/isolation.hpp"

namespace aorta::mapping {
class TraceRecorder;
}

namespace aorta::http {
class Listener;
}

namespace aorta::plugin {

class MetricBook;
class SecretBook;
class StateFile;

struct Surroundings {
  std::string name;  // as operators know it ("sources.bedside"): stands before its messages
  // level: AORTA_LOG_*; called on any thread; empty: nobody listens.
  std::function<void(int level, std::string_view name, std::string_view text)> log = {};
  // Where the calls of a template are taken down; must outlive it. nullptr: nowhere, at no cost.
  mapping::TraceRecorder* recorder = nullptr;
  // In a process of its own. Of sources and sinks; nothing: in this one.
  std::optional<Isolation> isolation = {};
  // Interfaces in place of the host's own, by id; nullptr where it has none. In a worker: those that need the host.
  const void* (*instead)(std::string_view id) = nullptr;
  // Gives the listener where a source's paths are served, which must outlive it; empty: there is none.
  std::function<Result<http::Listener*>()> listener = {};
  // What a source has remembered under a key; called on any thread; empty: nothing is remembered.
  std::function<std::optional<std::string>(std::string_view key)> recall = {};
  // What an instance is told beyond its own cancel(): called on any thread; empty: nothing.
  std::function<bool()> cancelled = {};
  // Where it keeps its state, and as whose ("ward/sources.bedside"). None: in memory, as long as it lives.
  std::shared_ptr<StateFile> state = {};
  std::string owner = {};
  // Who reads what it counts; none: nobody.
  std::shared_ptr<MetricBook> metrics = {};
  // Of its configuration; none: it has none.
  std::shared_ptr<SecretBook> secrets = {};
};

}  // namespace aorta::plugin
