#include "core/group/open_groups.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/put_text.hpp"

namespace aorta::group {
namespace {

// A chunk of a log: where the next one is, how many bytes of samples it has room for, and these.
struct ChunkHead {
  char* next = nullptr;
  std::uint32_t payload = 0;
};
constexpr std::size_t kChunkHead = sizeof(char*) + sizeof(std::uint32_t);
constexpr std::size_t kLeastPayload = 112;
constexpr std::size_t kMostPayload = 16 * 1024;

ChunkHead read_head(const char* chunk) {
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
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
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
char* room_in(std::vector<char>& bytes, std::size_t size) {
  if (bytes.size() < size) bytes.resize(2 * size);
  return bytes.data();
}

bool ingested_later(const Member& a, const Member& b) {
  if (!a.ingested) return false;
  return !b.ingested || *b.ingested < *a.ingested;
}

}  // namespace

// Behind it stand `room` bytes, and the key. The only member of a group lies in them as it is, with its values and
// their texts, and need not be read again. Where others follow, the lengths and the first chunk of the log take its
// place.
struct OpenGroups::Open {
  Open* next = nullptr;   // in order of first appearance
  char* chunk = nullptr;  // the one that is written to; none while there is one member
  char* at = nullptr;
  char* end = nullptr;
  Last last;
  std::uint32_t hash = 0;
  std::uint32_t count = 0;
  std::uint32_t names = 0;
  std::uint32_t room = 0;
  std::uint32_t key_size = 0;
  std::uint32_t split_size = 0;
  std::uint32_t log_size = 0;

  char* behind() { return reinterpret_cast<char*>(this + 1); }
  const char* behind() const { return reinterpret_cast<const char*>(this + 1); }
  const Member& only() const { return *reinterpret_cast<const Member*>(behind()); }
  std::string_view split() const { return {behind(), split_size}; }
  std::string_view key() const { return {behind() + room, key_size}; }
  const char* first_chunk() const { return behind() + split_size; }
};

class OpenGroups::SampleWriter {
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

class OpenGroups::SampleReader {
 public:
  SampleReader(const Open& group, const ValueNames& names, Arena& memory)
      : group_(group), names_(names), memory_(memory) {
    enter(group.first_chunk());
  }

  // The texts of values stay where they are in the log.
  void read(Member& out) {
    while (at_ == end_ || (static_cast<unsigned char>(*at_) & kMovedOn) != 0) enter(read_head(chunk_).next);
    flags_ = static_cast<unsigned char>(*at_++);
    std::uint32_t names = group_.names;
    std::string_view split = group_.split();
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
    const char* from = group_.key().data();
    out.key = group_.key();
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

  const Open& group_;
  const ValueNames& names_;
  Arena& memory_;
  const char* chunk_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  unsigned flags_ = 0;
  Last last_;
};

OpenGroups::OpenGroups() : table_(64) {}

void OpenGroups::note_lengths(const Member& m) {
  char* out = split_bytes_.data();
  for (std::string_view part : names_of(m)) out = write_number(part.data() == nullptr ? 0 : part.size() + 1, out);
  split_ = {split_bytes_.data(), static_cast<std::size_t>(out - split_bytes_.data())};
}

OpenGroups::Open*& OpenGroups::slot_of(std::string_view key, std::uint32_t hash) {
  std::size_t mask = table_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    Open* group = table_[i];
    if (group == nullptr || (group->hash == hash && group->key() == key)) return table_[i];
  }
}

void OpenGroups::add(const Member& member) {
  ++size_;
  auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(member.key));
  Open*& slot = slot_of(member.key, hash);
  if (slot != nullptr) return append(*slot, member);
  slot = &open(member, hash);
  if (++count_ * 3 > table_.size() * 2) double_table();
}

OpenGroups::Open& OpenGroups::open(const Member& member, std::uint32_t hash) {
  std::size_t texts = 0;
  for (const mapping::ValueView& value : member.values) texts += value.name.size() + value.text.size();
  const std::size_t room = sizeof(Member) + member.values.size() * sizeof(mapping::ValueView) + texts;
  Open* group = new (logs_.allocate(sizeof(Open) + room + member.key.size(), alignof(Open))) Open;
  group->hash = hash;
  group->count = 1;
  group->room = static_cast<std::uint32_t>(room);
  group->key_size = static_cast<std::uint32_t>(member.key.size());
  put_text(group->behind() + room, member.key);
  keep_whole(*group, member);
  if (last_ != nullptr) last_->next = group;
  if (first_ == nullptr) first_ = next_ = group;
  last_ = group;
  return *group;
}

void OpenGroups::keep_whole(Open& group, const Member& member) {
  static_assert(alignof(Member) <= alignof(Open) && sizeof(Member) % alignof(mapping::ValueView) == 0);
  Member& kept = *new (group.behind()) Member(member);
  kept.key = group.key();
  const char* name = kept.key.data();
  for (std::string_view* part : names_of(kept)) {
    if (part->data() != nullptr) *part = {name, part->size()};
    name += part->size() + 1;
  }
  auto* values = reinterpret_cast<mapping::ValueView*>(group.behind() + sizeof(Member));
  std::uninitialized_copy(member.values.begin(), member.values.end(), values);
  kept.values = {values, member.values.size()};
  char* to = reinterpret_cast<char*>(values + member.values.size());
  for (mapping::ValueView& value : std::span(values, member.values.size())) {
    for (std::string_view* text : {&value.name, &value.text}) {
      char* const end = put_text(to, *text);
      if (text->data() != nullptr) *text = {to, text->size()};
      to = end;
    }
  }
}

// The only member of the group begins its log: that takes less room than it took.
void OpenGroups::begin_log(Open& group) {
  const Member& first = group.only();
  note_lengths(first);
  group.names = names_.number_of(first.values);
  std::string_view sample = SampleWriter(sample_bytes_, first, {}).write(group.last);
  group.split_size = static_cast<std::uint32_t>(split_.size());
  group.chunk = put_text(group.behind(), split_);
  std::size_t payload = group.room - split_.size() - kChunkHead;
  group.at = start_chunk(group.chunk, payload);
  group.end = group.at + payload;
  std::memcpy(room_for(group, sample.size()), sample.data(), sample.size());
}

void OpenGroups::double_table() {
  table_.assign(table_.size() * 2, nullptr);
  for (Open* group = first_; group != nullptr; group = group->next) slot_of(group->key(), group->hash) = group;
}

// Writes the chunk's head, and gives where its samples begin.
char* OpenGroups::start_chunk(char* chunk, std::size_t payload) {
  ChunkHead head{nullptr, static_cast<std::uint32_t>(payload)};
  std::memcpy(chunk, &head.next, sizeof head.next);
  std::memcpy(chunk + sizeof head.next, &head.payload, sizeof head.payload);
  return chunk + kChunkHead;
}

// A sample is in one piece, so that its texts can be looked at where they are.
char* OpenGroups::room_for(Open& group, std::size_t bytes) {
  if (static_cast<std::size_t>(group.end - group.at) < bytes) {
    if (group.at != group.end) *group.at = static_cast<char>(kMovedOn);
    std::size_t payload = std::max(std::clamp<std::size_t>(group.log_size / 8, kLeastPayload, kMostPayload), bytes);
    char* chunk = static_cast<char*>(logs_.allocate(kChunkHead + payload, 1));
    std::memcpy(group.chunk, &chunk, sizeof chunk);
    group.chunk = chunk;
    group.at = start_chunk(chunk, payload);
    group.end = group.at + payload;
  }
  char* to = group.at;
  group.at += bytes;
  group.log_size += static_cast<std::uint32_t>(std::min<std::size_t>(bytes, kMostPayload));
  return to;
}

void OpenGroups::append(Open& group, const Member& member) {
  if (group.chunk == nullptr) begin_log(group);
  note_lengths(member);
  std::string_view split = split_ == group.split() ? std::string_view() : split_;
  SampleWriter writer(sample_bytes_, member, split);
  bool usual_names = names_.is(group.names, member.values);
  if (!usual_names || !split.empty()) {
    writer.write_unusual(split, usual_names ? group.names : names_.number_of(member.values));
  }
  std::string_view sample = writer.write(group.last);
  std::memcpy(room_for(group, sample.size()), sample.data(), sample.size());
  ++group.count;
}

std::span<const Group> OpenGroups::take(std::size_t most) {
  taken_.reset();
  groups_.clear();
  for (std::size_t taken = 0; next_ != nullptr && (taken == 0 || taken + next_->count <= most); next_ = next_->next) {
    taken += next_->count;
    groups_.push_back(expand(*next_));
  }
  return groups_;
}

Group OpenGroups::expand(const Open& group) {
  if (group.chunk == nullptr) return {{&group.only(), 1}, {}};
  std::span<Member> members = taken_.make_array<Member>(group.count);
  SampleReader reader(group, names_, taken_);
  for (Member& member : members) reader.read(member);
  std::span<const Member> kept = keep_one_per_time(members);
  std::span<Member> replaced = taken_.make_array<Member>(replaced_.size());
  std::copy(replaced_.begin(), replaced_.end(), replaced.begin());
  return {kept, replaced};
}

// A later winner stands in the place of the first. The losers lie in replaced_ then.
std::span<const Member> OpenGroups::keep_one_per_time(std::span<Member> members) {
  by_time_.clear();
  replaced_.clear();
  std::size_t kept = 0;
  for (Member& member : members) {
    auto [place, fresh] = by_time_.find_or_add(member.occurred.ticks, kept);
    if (fresh) {
      members[kept++] = member;
      continue;
    }
    if (ingested_later(member, members[place])) std::swap(member, members[place]);
    replaced_.push_back(member);
  }
  return members.first(kept);
}

void OpenGroups::clear() {
  logs_.reset();
  taken_.reset();
  groups_.clear();
  // One window full of many groups is no reason to sweep a large table after each.
  if (table_.size() > 64 * (count_ + 64)) table_ = std::vector<Open*>(64);
  std::fill(table_.begin(), table_.end(), nullptr);
  names_.forget_many();
  first_ = last_ = next_ = nullptr;
  size_ = count_ = 0;
}

GroupList::GroupList(std::span<const mapping::Measurement> measurements) {
  MemberBuffer buffer;
  for (const mapping::Measurement& measurement : measurements) buffer.add(measurement);
  for (const Member& member : buffer.members()) open_.add(member);
  groups_ = open_.take(measurements.size());
}

}  // namespace aorta::group
