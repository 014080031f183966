#include "core/plugin/verify/verify.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "core/plugin/manifest.hpp"
#include "core/plugin/module.hpp"
#include "core/plugin/verify/apart.hpp"
#include "core/plugin/verify/checks.hpp"
#include "core/plugin/verify/sample.hpp"

namespace aorta::plugin::verify {
namespace {

namespace fs = std::filesystem;

// An empty folder that goes with it.
class Scratch {
 public:
  Scratch() {
    std::error_code failed;
    std::string pattern = (fs::temp_directory_path(failed) / "aorta-verify-XXXXXX").string();
    if (const char* made = ::mkdtemp(pattern.data())) path_ = made;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Result<std::string> read_text(const fs::path& path, const std::string& advice) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return Error("plugin-refused", path.string() + ": cannot be read; " + advice);
  return text;
}

std::string write_sample(const fs::path& folder) {
  fs::path path = folder / "sample.ndjson";
  std::ofstream out(path, std::ios::binary);
  for (int i = 0; i < 50; ++i) out << odd_messages().front() << "\n";
  return path.string();
}

CheckResult run(const Check& check, const Subject& subject, const Options& options) {
  Scratch scratch;
  auto apart = run_apart([&](Report& report) { check.run(subject, report); }, scratch.path().string(), options.limit);
  return {check.name, subject.plugin ? subject.plugin->id : "", std::move(apart.findings), std::move(apart.skipped)};
}

// A schema that nobody can read is a fault; one that asks for more than can be made up is not.
CheckResult no_sample(const PluginInfo& plugin, const Error& error) {
  CheckResult out{"a configuration can be made up after its schema", plugin.id, {}, {}};
  std::string why(error.message());
  if (error.reason() == "bad-schema") {
    out.findings.push_back(why);
  } else {
    out.skipped = why + "; give one with --config";
  }
  return out;
}

// Without the library's manifest no plugin of it is known; everything else can still be said.
void run_plugin(Verdict& verdict, Subject subject, const PluginInfo& plugin, const Options& options) {
  subject.plugin = &plugin;
  auto given = options.configs.find(plugin.id);
  subject.given = given != options.configs.end();
  auto sample = sample_config(plugin.config_schema, subject.sample_file);
  subject.config = sample.has_value() ? *sample : "{}";
  if (subject.given) subject.config = with_defaults(plugin.config_schema, given->second);
  if (sample.has_error() && !subject.given) verdict.checks.push_back(no_sample(plugin, sample.error()));
  for (const Check& check : plugin_checks(plugin.kind)) verdict.checks.push_back(run(check, subject, options));
}

}  // namespace

Result<Verdict> verify(const fs::path& library, const Options& options) {
  AORTA_CHECK(check_file(library));
  AORTA_TRY(manifest, read_text(fs::path(library).replace_extension(".manifest.json"), "write it with aorta-manifest"));
  AORTA_TRY(read, read_manifest(manifest));
  Scratch scratch;
  if (scratch.path().empty()) return Error("cannot-open", "no folder can be made for the checks; is TMPDIR writable?");
  Verdict out{std::move(read.module), std::move(read.plugins), {}};
  out.module.library = library;
  Subject subject;
  subject.library = fs::absolute(library).string();
  subject.manifest = manifest;
  subject.sample_file = write_sample(scratch.path());
  subject.messages = options.messages;
  subject.messages.insert(subject.messages.end(), odd_messages().begin(), odd_messages().end());
  out.checks.push_back(run(loading_check(), subject, options));
  if (!out.checks.back().findings.empty()) return out;
  for (const Check& check : library_checks()) out.checks.push_back(run(check, subject, options));
  for (const PluginInfo& plugin : out.plugins) run_plugin(out, subject, plugin, options);
  return out;
}

}  // namespace aorta::plugin::verify
