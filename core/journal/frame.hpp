// One piece of a segment, as FORMAT.md has it: a header that is checked by itself, and a payload that is checked too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aorta::journal {

// Every segment begins with it; the digit is the version of the format.
inline constexpr std::string_view kPreamble = "aorta-journal/1\n";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kFrameHeader = 28;
inline constexpr std::string_view kFrameMarker = "\xA0RT\x1A";  // where a reader looks for the next frame behind damage

enum class FrameKind : std::uint32_t { Head = 1, Record = 2, Note = 3, Receipt = 4 };

struct FrameHeader {
  FrameKind kind = FrameKind::Record;
  std::uint64_t sequence = 0;  // of a record
  std::uint32_t length = 0;    // of the payload
  std::uint32_t payload_crc = 0;
};

// What is checked with every frame: no other place of no other segment has frames that would be valid here.
struct FramePlace {
  std::uint64_t salt = 0;
  std::uint64_t offset = 0;
};

// Where a payload begins that is about to be appended to `out`.
std::size_t begin_frame(std::string& out);
// Completes the frame whose payload began there; `place` is that of its header.
void end_frame(std::string& out, std::size_t payload, FrameKind kind, std::uint64_t sequence, const FramePlace& place);

// The header at the beginning of `text` (at least kFrameHeader bytes); nothing: it is none, or damaged.
std::optional<FrameHeader> read_header(std::string_view text, const FramePlace& place);
bool payload_is_whole(std::string_view payload, const FrameHeader& header, const FramePlace& place);

}  // namespace aorta::journal
