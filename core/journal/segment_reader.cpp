#include "core/journal/segment_reader.hpp"

#include <algorithm>

namespace aorta::journal {
namespace {

constexpr std::uint64_t kWindow = 256 * 1024;

}  // namespace

// The bytes of the file from there, as many as there are before `end`.
Result<std::string_view> SegmentReader::view(std::uint64_t offset, std::uint64_t size, std::uint64_t end) {
  size = std::min(size, end > offset ? end - offset : 0);
  if (offset < window_offset_ || offset + size > window_offset_ + window_.size()) {
    window_.resize(std::min(std::max(size, kWindow), end - offset));
    window_offset_ = offset;
    auto got = disk_.read(file_, offset, window_);
    if (got.has_error()) return window_.clear(), got.error();
    window_.resize(*got);
  }
  std::uint64_t start = offset - window_offset_;
  return std::string_view(window_).substr(std::min<std::uint64_t>(start, window_.size()), size);
}

Result<std::optional<Frame>> SegmentReader::next(std::uint64_t end) {
  AORTA_CHECK(skip_preamble(end));
  std::uint64_t begin = offset_;
  for (std::uint64_t at = begin; at < end;) {
    AORTA_TRY(frame, frame_at(at, end));
    if (frame) {
      pass_over(begin, at);
      offset_ = frame->end;
      return frame;
    }
    AORTA_TRY(found, find_marker(at + 1, end));
    at = found ? *found : end;
  }
  pass_over(begin, std::max(begin, end));
  offset_ = std::max(begin, end);
  return std::optional<Frame>();
}

Result<bool> SegmentReader::skip_preamble(std::uint64_t end) {
  if (offset_ > 0 || end == 0) return true;
  AORTA_TRY(text, view(0, kPreamble.size(), end));
  bool whole = text == kPreamble;
  offset_ = std::min<std::uint64_t>(kPreamble.size(), end);
  if (!whole) pass_over(0, offset_);
  return whole;
}

Result<std::optional<Frame>> SegmentReader::frame_at(std::uint64_t offset, std::uint64_t end) {
  FramePlace place{salt_, offset};
  AORTA_TRY(header_text, view(offset, kFrameHeader, end));
  std::optional<FrameHeader> header = read_header(header_text, place);
  if (!header || header->length > end - offset - kFrameHeader) return std::optional<Frame>();
  AORTA_TRY(payload, view(offset + kFrameHeader, header->length, end));
  if (!payload_is_whole(payload, *header, place)) return std::optional<Frame>();
  return std::optional<Frame>(Frame{
      header->kind, header->sequence, payload, offset, offset + kFrameHeader + header->length});
}

// How much of the file from there is at hand.
std::uint64_t SegmentReader::in_window(std::uint64_t offset) const {
  std::uint64_t end = window_offset_ + window_.size();
  return offset >= window_offset_ && offset < end ? end - offset : 0;
}

Result<std::optional<std::uint64_t>> SegmentReader::find_marker(std::uint64_t from, std::uint64_t end) {
  while (from < end) {
    AORTA_TRY(text, view(from, std::max<std::uint64_t>(in_window(from), kFrameMarker.size()), end));
    std::size_t found = text.find(kFrameMarker);
    if (found != std::string_view::npos) return std::optional<std::uint64_t>(from + found);
    if (text.size() < kFrameMarker.size() || from + text.size() >= end) break;
    from += text.size() - kFrameMarker.size() + 1;  // a marker may lie across two windows
  }
  return std::optional<std::uint64_t>();
}

void SegmentReader::pass_over(std::uint64_t from, std::uint64_t to) {
  if (from >= to) return;
  bool joins = !gaps_.empty() && gaps_.back().offset + gaps_.back().bytes == from;
  if (joins) {
    gaps_.back().bytes += to - from;
  } else {
    gaps_.push_back({from, to - from});
  }
}

}  // namespace aorta::journal
