// What the host tells a plugin instance about where it lives.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace aorta::mapping {
class TraceRecorder;
}

namespace aorta::plugin {

struct Surroundings {
  std::string name;  // as operators know it ("sources.bedside"): stands before its messages
  // level: AORTA_LOG_*; called on any thread; empty: nobody listens.
  std::function<void(int level, std::string_view name, std::string_view text)> log = {};
  // Where the calls of a template are taken down; must outlive it. nullptr: nowhere, at no cost.
  mapping::TraceRecorder* recorder = nullptr;
};

}  // namespace aorta::plugin
