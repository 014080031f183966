// How far files were read, in words that still hold after a restart, when a file may have another name.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "books.hpp"

namespace file_source {

// A file by what it is. The first bytes tell it from one that was given the same number later, or truncated.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t head_size = 0;  // how many of its first bytes were looked at
  std::uint64_t head_hash = 0;  // FNV-1a of them
};

// Everything before it has ended.
struct Place {
  FileId file;
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
  bool done = false;  // all of the file
};

// "1 device inode head_size head_hash offset line done", numbers in decimal; 1 is the format's version.
std::string text_of(const Place& place);
std::optional<Place> read_place(std::string_view text);

// Which records were handed over, and how far all of them have ended, without a gap. Tokens count from 1.
class Ledger {
 public:
  struct File {
    std::string name;
    Place place;
    bool changed = false;  // since the last forget_done()
    Books behind;          // the place: what has ended and is read again after a restart
  };

  // What is handed over from now on comes from this file, behind `from`.
  void begin_file(std::string name, const Place& from);
  // More is known of it.
  void know(const FileId& file) { files_.back().place.file = file; }
  // The next record ends at `offset`, on `line`; 0: a place that nothing can go on from.
  std::uint64_t hand_over(std::uint64_t offset, std::uint64_t line);
  // All of the file was handed over.
  void end_file();
  // A token that is none is left alone.
  void settle(std::uint64_t token, aorta::Outcome outcome);

  bool changed() const;
  // Of all before the places.
  const Books& ended() const { return ended_; }
  // Those that are not done, and those that are since the last forget_done(); in the order they were begun.
  const std::deque<File>& files() const { return files_; }
  void forget_done();

 private:
  struct Record {
    std::uint64_t file;  // counted from the first
    std::uint64_t offset, line;
    bool ends_file, ended;
    aorta::Outcome outcome;
  };
  void advance();
  void pass(const Record& record);
  std::uint64_t current() const { return forgotten_ + files_.size() - 1; }

  std::deque<File> files_;
  std::uint64_t forgotten_ = 0;  // files before files_
  std::deque<Record> records_;
  std::uint64_t passed_ = 0;  // records before records_
  Books ended_;
};

}  // namespace file_source
