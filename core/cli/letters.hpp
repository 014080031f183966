// What the verbs of dead letters have in common: which letters are meant, and how they are told.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "core/cli/command.hpp"
#include "core/journal/dead_letters.hpp"

namespace aorta::cli {

struct WantedLetters {
  std::string file;  // a pipeline, or a file of dead letters
  journal::LetterFilter filter;
};

// Declares the file, --reason and --source.
void declare_letters(Command& command, WantedLetters& wanted);

// The file of dead letters itself, or the one that a pipeline file names. Errors: "bad-pipeline" is a finding.
Result<std::string> letter_path(const std::string& file);

enum class LetterMode : std::uint8_t { Read, Write };
// Nothing where a pipeline has no dead letters yet. A failure has been told when its exit code is returned in `code`.
std::optional<journal::DeadLetters> open_letters(Context& context, const std::string& file, LetterMode mode, int& code);

// "11-22 06:00:04Z"
std::string compact_time(std::int64_t ticks);
// With fractions and year; empty for 0.
std::string full_time(std::int64_t ticks);
// "bedside data/vitals.ndjson:8812 (template spo2)"
std::string seen_in(const journal::DeadLetter& letter);
// Without its body, and without what others said of it, which may repeat the body.
boost::json::object json_of(const journal::DeadLetter& letter);

}  // namespace aorta::cli
