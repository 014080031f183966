// What a verb works with: where it writes, for whom, and the exit codes everyone shares.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "core/base/diagnostic.hpp"
#include "core/observe/terminal.hpp"

namespace aorta::cli {

// design: what a script can rely on.
enum Exit : int { kOk = 0, kFindings = 1, kUsage = 2, kLedger = 3, kEnvironment = 4 };

enum class Format : std::uint8_t { Text, Json, Csv };

struct Context {
  std::ostream& out;  // results; a failure to write them ends the program with kEnvironment, in main
  std::ostream& err;  // what went wrong, and progress
  observe::Terminal out_terminal;
  observe::Terminal err_terminal;
  Format format = Format::Text;
  observe::ColorMode color = observe::ColorMode::Auto;
};

using Arguments = std::span<const std::string>;

// "error: …" on standard error; in JSON {"error":{"reason":…,"message":…}} on standard output. Returns `code`.
int fail(Context& context, const Error& error, int code = kEnvironment);

// A JSON string literal.
std::string json_text(std::string_view text);
// [{"severity":…,"message":…,"file":…,"line":…,"column":…,"note":…}, …]; members that are not known are left out.
std::string json_text(const Diagnostics& diagnostics);

}  // namespace aorta::cli
