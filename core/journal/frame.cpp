#include "core/journal/frame.hpp"

#include "core/journal/bytes.hpp"
#include "core/journal/crc32c.hpp"

namespace aorta::journal {
namespace {

constexpr std::size_t kCheckedHeader = kFrameHeader - sizeof(std::uint32_t);

std::uint32_t crc_of(const FramePlace& place, std::string_view text) {
  char bytes[2 * sizeof(std::uint64_t)];
  std::memcpy(bytes, &place.salt, sizeof place.salt);
  std::memcpy(bytes + sizeof place.salt, &place.offset, sizeof place.offset);
  return crc32c(text, crc32c({bytes, sizeof bytes}));
}

bool is_known(std::uint32_t kind) {
  return kind >= static_cast<std::uint32_t>(FrameKind::Head) && kind <= static_cast<std::uint32_t>(FrameKind::Receipt);
}

}  // namespace

std::size_t begin_frame(std::string& out) {
  out.append(kFrameHeader, '\0');
  return out.size();
}

void end_frame(std::string& out, std::size_t payload, FrameKind kind, std::uint64_t sequence, const FramePlace& place) {
  std::string_view written = std::string_view(out).substr(payload);
  std::string header(kFrameMarker);
  put(header, static_cast<std::uint32_t>(written.size()));
  put(header, sequence);
  put(header, static_cast<std::uint32_t>(kind));
  put(header, crc_of(place, written));
  put(header, crc_of(place, header));
  out.replace(payload - kFrameHeader, kFrameHeader, header);
}

std::optional<FrameHeader> read_header(std::string_view text, const FramePlace& place) {
  if (!text.starts_with(kFrameMarker)) return std::nullopt;
  ByteReader reader(text.substr(kFrameMarker.size(), kFrameHeader - kFrameMarker.size()));
  FrameHeader header;
  header.length = reader.take<std::uint32_t>();
  header.sequence = reader.take<std::uint64_t>();
  auto kind = reader.take<std::uint32_t>();
  header.payload_crc = reader.take<std::uint32_t>();
  auto crc = reader.take<std::uint32_t>();
  if (!reader.whole() || !is_known(kind) || crc != crc_of(place, text.substr(0, kCheckedHeader))) return std::nullopt;
  header.kind = static_cast<FrameKind>(kind);
  return header;
}

bool payload_is_whole(std::string_view payload, const FrameHeader& header, const FramePlace& place) {
  return payload.size() == header.length && crc_of(place, payload) == header.payload_crc;
}

}  // namespace aorta::journal
