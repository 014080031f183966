// Device mappings, loaded with the installed template plugins.
#include <algorithm>
#include <string>

#include "core/base/arena.hpp"
#include "core/base/unicode.hpp"
#include "tests/fuzz/support/device_mapping.hpp"
#include "tests/fuzz/support/outline.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

std::string templates(const mapping::DeviceMapping& mapping) {
  std::string out = mapping.escaped ? "escaped\n" : "";
  for (const auto& entry : mapping.templates) {
    out += entry.type + ' ' + entry.name + ' ' + std::to_string(entry.position.line);
    for (const std::string& name : entry.value_names) out += ' ' + name;
    out += '\n';
  }
  return out;
}

void within(const mapping::DeviceMapping& mapping, std::string_view file) {
  auto lines = 1 + std::count_if(file.begin(), file.end(), [](char c) { return c == '\n' || c == '\r'; });
  for (const mapping::Problem& problem : mapping.problems)
    require(problem.position.line <= lines, "a problem stands within its file");
}

void device_mapping(std::string_view input) {
  Arena arena(kSmallBlock);
  std::string_view text = decode_bytes(input, arena);
  mapping::DeviceMapping first = load_mapping(text);
  mapping::DeviceMapping second = load_mapping(std::string(text));
  require_same(outline(first.problems), outline(second.problems), "loading twice finds the same faults");
  require_same(templates(first), templates(second), "loading twice gives the same templates");
  within(first, text);
  require(!first.escaped || !first.problems.empty(), "a file that cannot be loaded has a fault");
  for (const auto& entry : first.templates) require(entry.made != nullptr, "a good template is there");
}

}  // namespace

const Target kDeviceMapping{"device_mapping", device_mapping, {.seconds = 1, .microseconds_per_byte = 100}};

}  // namespace aorta::fuzz
