// How an open group keeps its measurements: a log in chunks, in which a sample is what differs from the one before it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/base/put_text.hpp"
#include "core/group/member.hpp"
#include "core/group/packed.hpp"
#include "core/group/value_names.hpp"

namespace aorta::group {

// A chunk of a log: where the next one is, how many bytes of samples it has room for, and these.
struct ChunkHead {
  char* next = nullptr;
  std::uint32_t payload = 0;
};
constexpr std::size_t kChunkHead = sizeof(char*) + sizeof(std::uint32_t);
constexpr std::size_t kLeastPayload = 112;
constexpr std::size_t kMostPayload = 16 * 1024;

inline ChunkHead read_head(const char* chunk) {
  ChunkHead out;
  std::memcpy(&out.next, chunk, sizeof out.next);
  std::memcpy(&out.payload, chunk + sizeof out.next, sizeof out.payload);
  return out;
}

// The first byte of a sample: flags, and the zones of its times. Behind it: the five lengths and the number of the
// value names, where they are unusual; the change of the time's difference; the change of the latency; the difference
// of the record's number; for each value 0 if it has no text, else 1 more than the text's length, and the text.
constexpr unsigned kMovedOn = 1;  // alone: the rest of the chunk is empty
constexpr unsigned kUnusual = 2;
constexpr unsigned kWholeTime = 4;  // in milliseconds, not in ticks
constexpr unsigned kWholeLatency = 8;
constexpr unsigned kZoneShift = 4;
constexpr unsigned kIngestedShift = 6;
constexpr unsigned kNotIngested = 3;
constexpr std::int64_t kTicksPerMillisecond = 10'000;

// Wherever the times lie, the sum of a difference and what it was taken from is the time again.
inline std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// What the next sample is written as a difference from.
struct Last {
  std::int64_t time = 0;
  std::int64_t step = 0;
  std::int64_t latency = 0;
  std::uint64_t record = 0;
};

// At least so many bytes, of whatever.
inline char* room_in(std::vector<char>& bytes, std::size_t size) {
  if (bytes.size() < size) bytes.resize(2 * size);
  return bytes.data();
}
// Writes the chunk's head, and gives where its samples begin.
inline char* start_chunk(char* chunk, std::size_t payload) {
  ChunkHead head{nullptr, static_cast<std::uint32_t>(payload)};
  std::memcpy(chunk, &head.next, sizeof head.next);
  std::memcpy(chunk + sizeof head.next, &head.payload, sizeof head.payload);
  return chunk + kChunkHead;
}

// What the samples of a log share: the key of their group, the lengths of the five texts in it, and the number of their
// value names.
struct LogTexts {
  std::string_view key, split;
  std::uint32_t names = 0;
};

class SampleWriter {
 public:
  SampleWriter(std::vector<char>& bytes, const Member& member, std::string_view split) : member_(member) {
    std::size_t most = 1 + 6 * kMostPackedBytes + split.size();
    for (const mapping::ValueView& value : member.values) most += kMostPackedBytes + value.text.size();
    start_ = room_in(bytes, most);
    at_ = start_ + 1;
  }

  // `split`: the lengths, where they are not the group's.
  void write_unusual(std::string_view split, std::uint32_t names) {
    flags_ |= kUnusual;
    at_ = write_number(names, at_);
    at_ = put_text(write_number(split.size(), at_), split);
  }

  std::string_view write(Last& last) {
    std::int64_t step = minus(member_.occurred.ticks, last.time);
    write_ticks(minus(step, last.step), kWholeTime);
    flags_ |= (static_cast<unsigned>(member_.occurred.zone) & 3U) << kZoneShift;
    last.time = member_.occurred.ticks;
    last.step = step;
    write_latency(last);
    at_ = write_signed(static_cast<std::int64_t>(member_.record - last.record), at_);
    last.record = member_.record;
    for (const mapping::ValueView& value : member_.values) write_text(value.text);
    *start_ = static_cast<char>(flags_);
    return {start_, static_cast<std::size_t>(at_ - start_)};
  }

 private:
  void write_ticks(std::int64_t ticks, unsigned whole) {
    if (ticks % kTicksPerMillisecond == 0) {
      flags_ |= whole;
      ticks /= kTicksPerMillisecond;
    }
    at_ = write_signed(ticks, at_);
  }
  void write_latency(Last& last) {
    if (!member_.ingested) {
      flags_ |= kNotIngested << kIngestedShift;
      return;
    }
    std::int64_t latency = minus(member_.ingested->ticks, member_.occurred.ticks);
    write_ticks(minus(latency, last.latency), kWholeLatency);
    flags_ |= (static_cast<unsigned>(member_.ingested->zone) & 3U) << kIngestedShift;
    last.latency = latency;
  }
  void write_text(std::string_view text) {
    at_ = put_text(write_number(text.data() == nullptr ? 0 : text.size() + 1, at_), text);
  }

  const Member& member_;
  char* start_;
  char* at_;
  unsigned flags_ = 0;
};

class SampleReader {
 public:
  SampleReader(const char* first_chunk, const LogTexts& texts, const ValueNames& names, Arena& memory)
      : texts_(texts), names_(names), memory_(memory) {
    enter(first_chunk);
  }

  // The texts of values stay where they are in the log.
  void read(Member& out) {
    while (at_ == end_ || (static_cast<unsigned char>(*at_) & kMovedOn) != 0) enter(read_head(chunk_).next);
    flags_ = static_cast<unsigned char>(*at_++);
    std::uint32_t names = texts_.names;
    std::string_view split = texts_.split;
    if ((flags_ & kUnusual) != 0) {
      names = static_cast<std::uint32_t>(read_number(at_));
      std::size_t size = read_number(at_);
      if (size > 0) split = {at_, size};
      at_ += size;
    }
    read_ids(split, out);
    read_times(out);
    last_.record += static_cast<std::uint64_t>(read_signed(at_));
    out.record = last_.record;
    read_values(names_.names(names), out);
  }

 private:
  void enter(const char* chunk) {
    chunk_ = chunk;
    at_ = chunk + kChunkHead;
    end_ = at_ + read_head(chunk).payload;
  }
  std::int64_t read_ticks(unsigned whole) {
    std::int64_t number = read_signed(at_);
    return (flags_ & whole) != 0 ? number * kTicksPerMillisecond : number;
  }
  void read_ids(std::string_view split, Member& out) const {
    const char* length = split.data();
    const char* from = texts_.key.data();
    out.key = texts_.key;
    for (std::string_view* part : names_of(out)) {
      std::size_t size = read_number(length);
      *part = size == 0 ? std::string_view() : std::string_view(from, size - 1);
      from += part->size() + 1;
    }
  }
  void read_times(Member& out) {
    last_.step = plus(last_.step, read_ticks(kWholeTime));
    last_.time = plus(last_.time, last_.step);
    out.occurred = {last_.time, static_cast<DateTime::Zone>(flags_ >> kZoneShift & 3U)};
    unsigned zone = flags_ >> kIngestedShift;
    if (zone == kNotIngested) return;
    last_.latency = plus(last_.latency, read_ticks(kWholeLatency));
    out.ingested = DateTime{plus(last_.time, last_.latency), static_cast<DateTime::Zone>(zone)};
  }
  void read_values(std::span<const std::string> names, Member& out) {
    std::span<mapping::ValueView> values = memory_.make_array<mapping::ValueView>(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      values[i].name = names[i];
      std::size_t size = read_number(at_);
      if (size == 0) continue;
      values[i].text = {at_, size - 1};
      at_ += size - 1;
    }
    out.values = values;
  }

  const LogTexts texts_;
  const ValueNames& names_;
  Arena& memory_;
  const char* chunk_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  unsigned flags_ = 0;
  Last last_;
};

}  // namespace aorta::group
