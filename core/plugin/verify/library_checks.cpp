#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "aorta/testing/sink_driver.hpp"
#include "aorta/testing/source_driver.hpp"
#include "aorta/testing/template_driver.hpp"
#include "core/plugin/manifest.hpp"
#include "core/plugin/verify/checks.hpp"
#include "core/plugin/verify/symbols.hpp"
#include "core/plugin/verify/traces.hpp"

namespace aorta::plugin::verify {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLoading{100};

void loads(const Subject& subject, Report& report) {
  try {
    testing::Library library(subject.library);
  } catch (const std::runtime_error& e) {
    report.found(std::string("cannot be loaded: ") + e.what());
  }
}

// So that no plugin has an excuse.
void offer_everything(testing::FakeHost& host) {
  host.offer(AORTA_RECORDS_ID, &testing::detail::kTestRecords);
  host.offer(AORTA_DOCUMENT_ID, aorta_services_v1.document);
  host.offer(AORTA_EXPRESSION_ID, aorta_services_v1.expression);
  host.offer(AORTA_MEASUREMENTS_ID, &testing::detail::kTestMeasurements);
  host.offer(AORTA_PROBLEMS_ID, &testing::detail::kTestProblems);
  host.offer(AORTA_GROUPS_ID, &testing::detail::kTestGroups);
  host.offer(AORTA_RESULTS_ID, &testing::detail::kTestResults);
  host.offer(AORTA_OBSERVATION_ID, &testing::detail::kTestObservations);
  host.offer(AORTA_FHIR_ID, &testing::detail::kTestFhir);
}

void one_symbol(const Subject& subject, Report& report) {
  auto symbols = exported_symbols(subject.library);
  if (symbols.has_error()) return report.found(std::string(symbols.error().message()));
  std::vector<std::string> more;
  std::copy_if(symbols->begin(), symbols->end(), std::back_inserter(more), [](const std::string& name) {
    return name != AORTA_MODULE_SYMBOL;
  });
  if (more.empty()) return;
  report.found(
      "exports " + std::to_string(more.size()) + " symbols beside " AORTA_MODULE_SYMBOL ", the first \"" +
      more.front() + "\"; link with -Wl,--version-script=aorta-plugin.map (aorta_add_plugin() does)"
  );
}

void same_manifest(const Subject& subject, Report& report) {
  testing::Library library(subject.library);
  if (library.manifest() != subject.manifest)
    report.found("the module's manifest differs from the file beside it; write that anew with aorta-manifest");
  if (library.manifest() != library.manifest()) report.found("manifest() gives another text each time; it is static");
  const aorta_module& module = library.module();
  auto read = read_manifest(library.manifest());
  if (read.has_error()) return report.found(std::string(read.error().message()));
  if (read->module.abi_major != module.abi_major || read->module.abi_minor != module.abi_minor)
    report.found("the manifest and aorta_module_v1 name different versions of the ABI");
}

void quiet_loading(const Subject& subject, Report& report) {
  Traces before = Traces::now();
  auto begun = std::chrono::steady_clock::now();
  testing::Library library(subject.library);
  (void)library.manifest();
  auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  for (const std::string& one : differences(before, Traces::now())) report.found("loading: " + one);
  if (took > kLoading)
    report.found(
        "loading took " + std::to_string(took.count()) + " ms of " + std::to_string(kLoading.count()) +
        " ms allowed; do the work in start(), not in constructors of static objects"
    );
}

void unknown_id(const Subject& subject, Report& report) {
  testing::Library library(subject.library);
  testing::FakeHost host;
  offer_everything(host);
  testing::FakeHost::said() = {};
  aorta_plugin* made = library.module().create(host.raw(), {"no.such.plugin", 14}, {"{}", 2});
  if (made)
    return report.found("create() made something for an id that is none of the manifest's; give NULL after fail()");
  (void)host.failed("create() of an unknown id");
  report.found_lines(host.contract().text());
}

// A library that stays was marked so by the linker, or by the unique symbols of GCC.
void unloads(const Subject& subject, Report& report) {
  for (int i = 0; i < 3; ++i) testing::Library(subject.library).manifest();
  void* still = dlopen(subject.library.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (!still) return;
  report.found(
      "stays in memory after it was unloaded; compile with -fno-gnu-unique, link without -z nodelete, and end threads "
      "in stop() (aorta_add_plugin() sets the flags)"
  );
}

}  // namespace

const Check& loading_check() {
  static const Check check{"it can be loaded", loads};
  return check;
}

const std::vector<Check>& library_checks() {
  static const std::vector<Check> all{
      {"one exported symbol", one_symbol},
      {"manifest equals module", same_manifest},
      {"loads quietly, in under 100 ms", quiet_loading},
      {"an unknown id is refused with a reason", unknown_id},
      {"unload really unloads", unloads},
  };
  return all;
}

}  // namespace aorta::plugin::verify
