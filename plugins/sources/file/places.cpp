#include "places.hpp"

#include <charconv>
#include <iterator>

namespace file_source {
namespace {

constexpr std::uint64_t kVersion = 1;

}  // namespace

std::string text_of(const Place& place) {
  const FileId& file = place.file;
  std::string out = std::to_string(kVersion);
  for (std::uint64_t number :
       {file.device, file.inode, file.head_size, file.head_hash, place.offset, place.line, std::uint64_t{place.done}})
    out += " " + std::to_string(number);
  return out;
}

std::optional<Place> read_place(std::string_view text) {
  std::uint64_t numbers[8]{};
  const char* at = text.data();
  const char* end = at + text.size();
  for (std::uint64_t& number : numbers) {
    if (&number != numbers && at != end) ++at;  // the blank
    auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc()) return std::nullopt;
    at = read.ptr;
  }
  if (at != end || numbers[0] != kVersion) return std::nullopt;
  return Place{{numbers[1], numbers[2], numbers[3], numbers[4]}, numbers[5], numbers[6], numbers[7] != 0};
}

void Ledger::begin_file(std::string name, const Place& from) { files_.push_back({std::move(name), from, true}); }

std::uint64_t Ledger::hand_over(std::uint64_t offset, std::uint64_t line) {
  records_.push_back({current(), offset, line, false, false});
  return passed_ + records_.size();
}

void Ledger::end_file() {
  records_.push_back({current(), 0, 0, true, true});
  advance();
}

void Ledger::settle(std::uint64_t token) {
  if (token <= passed_ || token > passed_ + records_.size()) return;
  records_[static_cast<std::size_t>(token - passed_ - 1)].ended = true;
  advance();
}

void Ledger::advance() {
  for (; !records_.empty() && records_.front().ended; ++passed_) {
    pass(records_.front());
    records_.pop_front();
  }
}

void Ledger::pass(const Record& record) {
  File& file = files_[static_cast<std::size_t>(record.file - forgotten_)];
  if (record.line > 0) {
    file.place.offset = record.offset;
    file.place.line = record.line;
  }
  file.place.done = record.ends_file;
  file.changed = file.changed || record.ends_file || record.line > 0;
}

bool Ledger::changed() const {
  for (const File& file : files_) {
    if (file.changed) return true;
  }
  return false;
}

void Ledger::forget_done() {
  for (; !files_.empty() && files_.front().place.done; ++forgotten_) files_.pop_front();
  for (File& file : files_) file.changed = false;
}

}  // namespace file_source
