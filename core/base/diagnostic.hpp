// What is wrong in a file that a person wrote: shown as `file:line:column: error: message` with the line and a caret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace aorta {

enum class Severity : std::uint8_t { Error, Warning };

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string message;  // one sentence; names the dotted path where there is one
  std::string file;     // empty: no file is at fault
  Position position;    // line 0: the file as a whole
  int width = 1;        // UTF-16 units to underline
  std::string note;     // what helps, on a line of its own; may be empty
};

using Diagnostics = std::vector<Diagnostic>;

inline std::size_t count_errors(const Diagnostics& all) {
  std::size_t errors = 0;
  for (const Diagnostic& d : all) errors += d.severity == Severity::Error ? 1 : 0;
  return errors;
}

inline Diagnostic to_diagnostic(const Error& error) {
  return {Severity::Error, std::string(error.message()), std::string(error.file()), error.position(), 1, {}};
}

}  // namespace aorta
