#include "core/plugin/trial.hpp"

#include <dlfcn.h>

#include "core/plugin/library_file.hpp"
#include "core/plugin/verify/apart.hpp"
#include "core/plugin/verify/traces.hpp"

namespace aorta::plugin {
namespace {

constexpr std::chrono::seconds kLimit{5};
constexpr const char* kCameBack = "it came back";

}  // namespace

Result<void> survive_loading(const std::filesystem::path& library) {
  std::string path = loading_name(library, look_at(library));
  auto load = [&path](verify::Report& report) {
    verify::Traces before = verify::Traces::now();
    bool loaded = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr;
    if (loaded) {
      for (const std::string& one : verify::differences(before, verify::Traces::now())) report.found(one);
    }
    report.skipped(kCameBack);
  };
  verify::Apart trial = verify::run_apart(load, "/", kLimit);
  if (trial.findings.empty() && trial.skipped == kCameBack) return {};
  std::string why =
      trial.findings.empty() ? "the library ended the process; never call exit()" : trial.findings.front();
  return Error("plugin-refused", library.string() + ": when it is loaded, " + why);
}

}  // namespace aorta::plugin
