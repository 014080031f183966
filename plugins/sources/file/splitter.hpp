// Cuts the bytes of one file into records, holding no more than one record in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "buffer.hpp"
#include "scanner.hpp"

namespace file_source {

// One record, or what is kept of one that is unusable. Valid until the buffer's next room().
struct Piece {
  std::string_view body;
  std::string place;
  std::optional<Fault> fault;
};

class Splitter {
 public:
  static constexpr std::size_t kKept = 64 * 1024;  // of a record that is too long

  Splitter(std::unique_ptr<Scanner> scanner, std::uint64_t max_record_bytes)
      : scanner_(std::move(scanner)), max_(max_record_bytes) {}

  // Of the last record: as Scanner::line().
  std::uint64_t line() const { return scanner_->line(); }

  enum class Step : std::uint8_t { Record, NeedMore, Done };

  // `whole_file`: nothing will follow what is in `in`.
  Step next(Buffer& in, bool whole_file, Piece& out) {
    if (!inside_ && !enter(in, whole_file)) return whole_file ? finish(out) : Step::NeedMore;
    std::string_view window = in.window();
    std::size_t end = scanner_->end(window.substr(scanned_));
    bool ended = end != Scanner::kOpen;
    std::size_t size = ended ? scanned_ + end : window.size();
    scanned_ = size;
    if (size > max_ || cut_) cut(in, size);
    if (!ended && !whole_file) return Step::NeedMore;
    out = piece(in, ended);
    finished_ = !ended;
    return Step::Record;
  }

 private:
  bool enter(Buffer& in, bool whole_file) {
    Lead lead = scanner_->lead(in.window());
    in.consume(lead.size);
    inside_ = lead.begins || (whole_file && !in.window().empty());
    scanned_ = 0;
    kept_.clear();
    cut_ = false;
    return inside_;
  }

  // A file must not end silently where it is not at its end: what is missing is told as a record without bytes.
  Step finish(Piece& out) {
    std::optional<Fault> fault = finished_ ? std::nullopt : scanner_->fault_at_end();
    if (!fault) return Step::Done;
    finished_ = true;
    out = {{}, scanner_->place(), fault};
    return Step::Record;
  }

  void cut(Buffer& in, std::size_t size) {
    if (!cut_) kept_ = in.window().substr(0, std::min(size, kKept));
    cut_ = true;
    in.consume(size);
    scanned_ = 0;
  }

  Piece piece(Buffer& in, bool ended) {
    Piece out{
        cut_ ? std::string_view(kept_) : in.window().substr(0, scanned_), scanner_->place(), scanner_->fault(ended)};
    if (cut_)
      out.fault = {"source/record-too-long", "the record is longer than max_record_bytes; its first 64 KiB are kept"};
    std::size_t last = out.body.find_last_not_of(" \t\r\n");
    if (!cut_) out.body = out.body.substr(0, last == std::string_view::npos ? 0 : last + 1);
    in.consume(scanned_);
    inside_ = false;
    return out;
  }

  std::unique_ptr<Scanner> scanner_;
  std::uint64_t max_;
  bool inside_ = false;      // a record has begun
  bool finished_ = false;    // the file's end was told with a record
  std::size_t scanned_ = 0;  // of the window, by the scanner
  bool cut_ = false;         // the record is too long: what was scanned is gone
  std::string kept_;
};

}  // namespace file_source
