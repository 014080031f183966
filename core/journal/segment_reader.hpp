// Reads a segment frame by frame, and finds its way again behind damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/journal/disk.hpp"
#include "core/journal/frame.hpp"

namespace aorta::journal {

struct Frame {
  FrameKind kind = FrameKind::Record;
  std::uint64_t sequence = 0;
  std::string_view payload;  // until the reader's next call
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
};

// Bytes of a segment that are no valid frames.
struct Gap {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

// The file outlives the reader. Holds 256 KiB of it, or one frame where that is longer.
class SegmentReader {
 public:
  SegmentReader(Disk& disk, Disk::File file, std::uint64_t salt, std::uint64_t offset = 0)
      : disk_(disk), file_(file), salt_(salt), offset_(offset) {}

  // The next valid frame that ends at or before `end`; nothing: there is none. Errors are those of the disk.
  Result<std::optional<Frame>> next(std::uint64_t end);
  // Where the next frame is looked for.
  std::uint64_t offset() const { return offset_; }
  // What was passed over since the last call; behind the last frame too, once next() has given nothing.
  std::vector<Gap> take_gaps() { return std::exchange(gaps_, {}); }

 private:
  Result<std::string_view> view(std::uint64_t offset, std::uint64_t size, std::uint64_t end);
  std::uint64_t in_window(std::uint64_t offset) const;
  Result<bool> skip_preamble(std::uint64_t end);
  Result<std::optional<Frame>> frame_at(std::uint64_t offset, std::uint64_t end);
  Result<std::optional<std::uint64_t>> find_marker(std::uint64_t from, std::uint64_t end);
  void pass_over(std::uint64_t from, std::uint64_t to);

  Disk& disk_;
  Disk::File file_;
  std::uint64_t salt_;
  std::uint64_t offset_;
  std::string window_;
  std::uint64_t window_offset_ = 0;
  std::vector<Gap> gaps_;
};

}  // namespace aorta::journal
