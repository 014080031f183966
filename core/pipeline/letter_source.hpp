// Dead letters on their way back in, as records of the source that they came from.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/journal/dead_letters.hpp"
#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

// A letter is forgotten once it has come to a better end, or to another dead letter. It stays where it is, counted once
// more, if it fails for the same reason again. Left out is what is not whole: letters whose body was cut, and those
// that their source rejected.
class LetterSource : public SourcePort {
 public:
  // Reads the letters of `filter` that `source` has, which are there now. `letters`: a connection of its own.
  static Result<std::unique_ptr<LetterSource>> open(
      std::string source, journal::DeadLetters letters, journal::LetterFilter filter
  );

  std::string_view name() const override { return source_; }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override;
  void settle(std::string_view token, std::int32_t outcome) override;
  std::optional<plugin::Source::Progress> progress() const override { return std::nullopt; }
  void cancel() override { cancelled_ = true; }

  // What became of them, as of the end of a run. Errors: of the file; a letter that could not be forgotten comes to the
  // same end when it is replayed again.
  struct Replayed {
    std::uint64_t forgotten = 0;
    std::uint64_t kept = 0;  // failed for the same reason again
    std::uint64_t left_out = 0;
  };
  // [main] After the run.
  Result<Replayed> finish();

 private:
  LetterSource(std::string source, journal::DeadLetters letters, journal::LetterFilter filter)
      : source_(std::move(source)), letters_(std::move(letters)), filter_(std::move(filter)) {}
  Result<bool> read_page();
  void hand_over(const journal::DeadLetter& letter, std::vector<plugin::Record>& out);
  void forget();

  std::string source_;
  journal::DeadLetters letters_;
  journal::LetterFilter filter_;
  std::deque<journal::DeadLetter> page_;
  std::map<std::int64_t, std::uint64_t> counts_;  // of those on their way, by id
  std::vector<journal::LetterVersion> ended_;
  Replayed replayed_;
  std::optional<Error> failure_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace aorta::pipeline
