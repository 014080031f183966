// The groups that a window holds open, in little memory: tens of millions of samples may wait.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/group/group.hpp"
#include "core/group/packed.hpp"
#include "core/group/places.hpp"
#include "core/group/value_names.hpp"

namespace aorta::group {

// Takes measurements in and gives groups out (FHIR-mapping spec 3), in order of first appearance; of equal times the
// one ingested last counts. A few thousand measurements wait as they are; in a fuller window a group of several is a
// log of samples, each written as what differs from the one before it: about a dozen bytes for a number. Once it has
// been as full before, no memory is asked for. Not thread-safe.
class OpenGroups {
 public:
  static constexpr std::size_t kMostWhole = 4096;

  // `most_whole`: how many measurements wait as they are, besides the first of each group.
  explicit OpenGroups(std::size_t most_whole = kMostWhole);

  // Copies what it keeps.
  void add(const Member& member);

  bool empty() const { return size_ == 0; }
  // Measurements taken in since the last clear().
  std::size_t size() const { return size_; }
  std::size_t groups() const { return count_; }

  // The next groups, so many that they have `most` measurements together, but one at least; none: all were given.
  // They live until the next call. No add() between the first take() and clear().
  std::span<const Group> take(std::size_t most);
  void clear();

 private:
  struct Open;
  struct Whole;

  void note_lengths(const Member& member);
  Open*& slot_of(std::string_view key, std::uint32_t hash);
  Open& find_or_open(const Member& member);
  Open& open(const Member& member, std::uint32_t hash);
  void begin_log(Open& group);
  void append(Open& group, const Member& member);
  void append_whole(Open& group, const Member& member);
  void append_sample(Open& group, const Member& member);
  void double_table();
  char* room_for(Open& group, std::size_t bytes);
  Group expand(const Open& group);
  std::span<Member> members_of(const Open& group);
  std::span<const Member> keep_one_per_time(std::span<Member> members);

  Arena logs_;                // groups, keys and chunks of samples
  std::vector<Open*> table_;  // by hash of the key; a power of two
  Open* first_ = nullptr;
  Open* last_ = nullptr;
  Open* next_ = nullptr;   // to be taken
  Open* added_ = nullptr;  // took in the last member: the next is often its own too
  std::size_t size_ = 0;
  std::size_t count_ = 0;
  std::size_t most_whole_;
  std::size_t whole_ = 0;  // besides the first of each group
  ValueNames names_;
  std::string_view split_;  // of the member that is being added: the lengths of the five texts in its key
  std::array<char, 5 * kMostPackedBytes> split_bytes_;
  std::vector<char> sample_bytes_;

  Arena taken_;  // what take() gave
  std::vector<Group> groups_;
  std::vector<Member> replaced_;
  Places by_time_;
};

// Groups of measurements that are all there at once, and what they live in.
class GroupList {
 public:
  explicit GroupList(std::span<const mapping::Measurement> measurements);
  GroupList(GroupList&&) = default;
  GroupList& operator=(GroupList&&) = default;

  const Group* begin() const { return groups_.data(); }
  const Group* end() const { return groups_.data() + groups_.size(); }
  std::size_t size() const { return groups_.size(); }
  bool empty() const { return groups_.empty(); }
  const Group& operator[](std::size_t i) const { return groups_[i]; }
  const Group& front() const { return groups_.front(); }
  operator std::span<const Group>() const { return groups_; }

 private:
  OpenGroups open_;
  std::span<const Group> groups_;
};

inline GroupList make_groups(std::span<const mapping::Measurement> measurements) { return GroupList(measurements); }

}  // namespace aorta::group
