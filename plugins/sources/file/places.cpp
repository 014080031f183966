#include "places.hpp"

#include <charconv>
#include <span>
#include <utility>

namespace file_source {
namespace {

constexpr std::uint64_t kVersion = 1;

std::string text_of(std::span<const std::uint64_t> numbers) {
  std::string out = std::to_string(kVersion);
  for (std::uint64_t number : numbers) out += " " + std::to_string(number);
  return out;
}

// All of them, and nothing else.
bool read_numbers(std::string_view text, std::span<std::uint64_t> out) {
  const char* at = text.data();
  const char* end = at + text.size();
  auto next = [&](std::uint64_t& number) {
    auto read = std::from_chars(at, end, number);
    at = read.ptr;
    return read.ec == std::errc();
  };
  std::uint64_t version = 0;
  if (!next(version) || version != kVersion) return false;
  for (std::uint64_t& number : out) {
    if (at == end || *at++ != ' ' || !next(number)) return false;
  }
  return at == end;
}

}  // namespace

std::string text_of(const Place& place) {
  const FileId& file = place.file;
  const std::uint64_t numbers[] = {file.device,  file.inode, file.head_size, file.head_hash,
                                   place.offset, place.line, place.done};
  return text_of(numbers);
}

std::optional<Place> read_place(std::string_view text) {
  std::uint64_t numbers[7]{};
  if (!read_numbers(text, numbers)) return std::nullopt;
  return Place{{numbers[0], numbers[1], numbers[2], numbers[3]}, numbers[4], numbers[5], numbers[6] != 0};
}

std::string text_of(const Books& books) { return text_of(books.counts()); }

std::optional<Books> read_books(std::string_view text) {
  Books books;
  if (!read_numbers(text, books.counts_)) return std::nullopt;
  return books;
}

void Ledger::begin_file(std::string name, const Place& from) { files_.push_back({std::move(name), from, true, {}}); }

std::uint64_t Ledger::hand_over(std::uint64_t offset, std::uint64_t line) {
  records_.push_back({current(), offset, line, false, false, {}});
  return passed_ + records_.size();
}

void Ledger::end_file() {
  records_.push_back({current(), 0, 0, true, true, {}});
  advance();
}

void Ledger::settle(std::uint64_t token, aorta::Outcome outcome) {
  if (token <= passed_ || token > passed_ + records_.size()) return;
  Record& record = records_[static_cast<std::size_t>(token - passed_ - 1)];
  record.ended = true;
  record.outcome = outcome;
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
  if (!record.ends_file) ++file.behind.of(record.outcome);
  if (record.line > 0 || record.ends_file) ended_ += std::exchange(file.behind, {});
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
