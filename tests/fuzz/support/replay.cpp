// Runs a target over stored inputs, without libFuzzer: fuzz_replay TARGET FILE-OR-FOLDER…
// Exit codes: 0 all hold, 2 usage (also: nothing to replay); a broken property aborts.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/support/target.hpp"

namespace {

using namespace aorta::fuzz;
namespace fs = std::filesystem;

const std::array kTargets{&kDates,    &kDeviceMapping, &kFhirMapping, &kGrowth,  &kJmesPath, &kJsonEnvelope,
                          &kJsonPath, &kJsonValue,     &kNormalize,   &kNumbers, &kRegex,    &kText};

std::vector<fs::path> inputs(const std::vector<std::string>& places) {
  std::vector<fs::path> out;
  for (const fs::path place : places) {
    if (!fs::is_directory(place)) {
      out.push_back(place);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(place)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Copied to its exact size, so that a sanitizer sees each byte read beyond it.
void replay(const Target& target, const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  auto bytes = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), bytes.get());
  std::fprintf(stderr, "%s\n", file.filename().c_str());
  run(target, {bytes.get(), text.size()});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::string_view name = argv[1];
  auto found = std::find_if(kTargets.begin(), kTargets.end(), [name](const Target* t) { return t->name == name; });
  std::vector<fs::path> files = inputs({argv + 2, argv + argc});
  if (found == kTargets.end() || files.empty()) return 2;
  for (const fs::path& file : files) replay(**found, file);
  std::printf("%s: %zu inputs hold\n", argv[1], files.size());
}
