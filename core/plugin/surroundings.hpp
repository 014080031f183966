// What the host tells a plugin instance about where it lives.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace aorta::plugin {

struct Surroundings {
  std::string name;  // as operators know it ("sources.bedside"): stands before its messages
  // level: AORTA_LOG_*; called on any thread; empty: nobody listens.
  std::function<void(int level, std::string_view name, std::string_view text)> log = {};
};

}  // namespace aorta::plugin
