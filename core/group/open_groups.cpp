#include "core/group/open_groups.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/put_text.hpp"
#include "core/group/sample_log.hpp"
#include "core/group/times.hpp"
#include "core/group/value_texts.hpp"

namespace aorta::group {
namespace {

bool ingested_later(const Member& a, const Member& b) {
  if (!a.ingested) return false;
  return !b.ingested || *b.ingested < *a.ingested;
}

}  // namespace

// A measurement as it is, with its values and their texts behind it; its names lie in the key of its group.
struct OpenGroups::Whole {
  Whole* next = nullptr;  // of the same group
  Member member;

  static std::size_t size_of(const Member& member) {
    std::size_t texts = member.texts.data() != nullptr ? member.texts.size() : texts_size(member.values);
    return sizeof(Whole) + member.values.size() * sizeof(mapping::ValueView) + texts;
  }
  static Whole* make(void* where, const Member& member, std::string_view key);
  void take_texts(std::span<mapping::ValueView> values, char* to);
};

// Behind it stand `room` bytes, and the key. The first member of a group lies in them, until the lengths and the first
// chunk of the log take its place.
struct OpenGroups::Open {
  Open* next = nullptr;         // in order of first appearance
  Whole* last_whole = nullptr;  // while there is no log
  char* chunk = nullptr;        // the one that is written to; none while the members lie as they are
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
  const Whole& first() const { return *reinterpret_cast<const Whole*>(behind()); }
  std::string_view split() const { return {behind(), split_size}; }
  std::string_view key() const { return {behind() + room, key_size}; }
  const char* first_chunk() const { return behind() + split_size; }
};

OpenGroups::OpenGroups(std::size_t most_whole) : table_(64), most_whole_(most_whole) {}

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
  if (added_ == nullptr || added_->key() != member.key) added_ = &find_or_open(member);
  append(*added_, member);
}

OpenGroups::Open& OpenGroups::find_or_open(const Member& member) {
  auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(member.key));
  Open*& slot = slot_of(member.key, hash);
  if (slot != nullptr) return *slot;
  Open& fresh = *(slot = &open(member, hash));
  if (++count_ * 3 > table_.size() * 2) double_table();
  return fresh;
}

// Without members, but with room for this one as it is.
OpenGroups::Open& OpenGroups::open(const Member& member, std::uint32_t hash) {
  static_assert(alignof(Whole) <= alignof(Open));
  const std::size_t room = Whole::size_of(member);
  Open* group = new (logs_.allocate(sizeof(Open) + room + member.key.size(), alignof(Open))) Open;
  group->hash = hash;
  group->room = static_cast<std::uint32_t>(room);
  group->key_size = static_cast<std::uint32_t>(member.key.size());
  put_text(group->behind() + room, member.key);
  if (last_ != nullptr) last_->next = group;
  if (first_ == nullptr) first_ = next_ = group;
  last_ = group;
  return *group;
}

OpenGroups::Whole* OpenGroups::Whole::make(void* where, const Member& member, std::string_view key) {
  static_assert(sizeof(Whole) % alignof(mapping::ValueView) == 0);
  Whole* made = new (where) Whole{nullptr, member};
  Member& kept = made->member;
  kept.key = key;
  const char* name = key.data();
  for (std::string_view* part : names_of(kept)) {
    if (part->data() != nullptr) *part = {name, part->size()};
    name += part->size() + 1;
  }
  auto* values = reinterpret_cast<mapping::ValueView*>(made + 1);
  std::uninitialized_copy(member.values.begin(), member.values.end(), values);
  kept.values = {values, member.values.size()};
  made->take_texts({values, member.values.size()}, reinterpret_cast<char*>(values + member.values.size()));
  return made;
}

void OpenGroups::Whole::take_texts(std::span<mapping::ValueView> values, char* to) {
  if (member.texts.data() != nullptr) {
    const char* const from = member.texts.data();
    put_text(to, member.texts);
    member.texts = {to, member.texts.size()};
    for (mapping::ValueView& value : values) {
      value.name = {to + (value.name.data() - from), value.name.size()};
      if (value.text.data() != nullptr) value.text = {to + (value.text.data() - from), value.text.size()};
    }
    return;
  }
  for (mapping::ValueView& value : values) {
    for (std::string_view* text : {&value.name, &value.text}) {
      char* const end = put_text(to, *text);
      if (text->data() != nullptr) *text = {to, text->size()};
      to = end;
    }
  }
}

void OpenGroups::append(Open& group, const Member& member) {
  if (group.count++ == 0) {
    group.last_whole = Whole::make(group.behind(), member, group.key());
  } else if (group.chunk == nullptr && whole_ < most_whole_) {
    append_whole(group, member);
  } else {
    if (group.chunk == nullptr) begin_log(group);
    append_sample(group, member);
  }
}

void OpenGroups::append_whole(Open& group, const Member& member) {
  void* where = logs_.allocate(Whole::size_of(member), alignof(Whole));
  group.last_whole = group.last_whole->next = Whole::make(where, member, group.key());
  ++whole_;
}

// The first member leaves its room to the log, which begins with it: that takes less than it took.
void OpenGroups::begin_log(Open& group) {
  const Member& first = group.first().member;
  const Whole* others = group.first().next;
  note_lengths(first);
  group.names = names_.number_of(first.values);
  std::string_view sample = SampleWriter(sample_bytes_, first, {}).write(group.last);
  group.split_size = static_cast<std::uint32_t>(split_.size());
  group.chunk = put_text(group.behind(), split_);
  std::size_t payload = group.room - split_.size() - kChunkHead;
  group.at = start_chunk(group.chunk, payload);
  group.end = group.at + payload;
  std::memcpy(room_for(group, sample.size()), sample.data(), sample.size());
  for (; others != nullptr; others = others->next) append_sample(group, others->member);
}

void OpenGroups::double_table() {
  table_.assign(table_.size() * 2, nullptr);
  for (Open* group = first_; group != nullptr; group = group->next) slot_of(group->key(), group->hash) = group;
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

void OpenGroups::append_sample(Open& group, const Member& member) {
  note_lengths(member);
  std::string_view split = split_ == group.split() ? std::string_view() : split_;
  SampleWriter writer(sample_bytes_, member, split);
  bool usual_names = names_.is(group.names, member.values);
  if (!usual_names || !split.empty()) {
    writer.write_unusual(split, usual_names ? group.names : names_.number_of(member.values));
  }
  std::string_view sample = writer.write(group.last);
  std::memcpy(room_for(group, sample.size()), sample.data(), sample.size());
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
  if (group.count == 1) return {{&group.first().member, 1}, {}};
  std::span<const Member> kept = keep_one_per_time(members_of(group));
  std::span<Member> replaced = taken_.make_array<Member>(replaced_.size());
  std::copy(replaced_.begin(), replaced_.end(), replaced.begin());
  return {kept, replaced};
}

std::span<Member> OpenGroups::members_of(const Open& group) {
  if (group.chunk == nullptr) {
    auto* const members = static_cast<Member*>(taken_.allocate(group.count * sizeof(Member), alignof(Member)));
    Member* to = members;
    for (const Whole* whole = &group.first(); whole != nullptr; whole = whole->next) new (to++) Member(whole->member);
    return {members, group.count};
  }
  std::span<Member> members = taken_.make_array<Member>(group.count);
  SampleReader reader(group.first_chunk(), {group.key(), group.split(), group.names}, names_, taken_);
  for (Member& member : members) reader.read(member);
  return members;
}

// A later winner stands in the place of the first. The losers lie in replaced_ then.
std::span<const Member> OpenGroups::keep_one_per_time(std::span<Member> members) {
  replaced_.clear();
  if (times_rise(members)) return members;
  by_time_.clear();
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
  first_ = last_ = next_ = added_ = nullptr;
  size_ = count_ = whole_ = 0;
}

GroupList::GroupList(std::span<const mapping::Measurement> measurements) {
  MemberBuffer buffer;
  for (const mapping::Measurement& measurement : measurements) buffer.add(measurement);
  for (const Member& member : buffer.members()) open_.add(member);
  groups_ = open_.take(measurements.size());
}

}  // namespace aorta::group
