#include "core/mapping/template_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

namespace aorta::mapping {
namespace {

using document::Node;

using Counts = std::map<std::string_view, std::size_t>;

// Every envelope has these members: they tell nothing.
bool is_in_every_message(std::string_view name) {
  return name == "Body" || name == "Properties" || name == "SystemProperties";
}

Counts count_names(const std::vector<std::vector<std::string>>& required) {
  Counts counts;
  for (const auto& names : required) {
    for (const std::string& name : names) ++counts[name];
  }
  return counts;
}

// The name that tells most, nullptr if none tells anything.
const std::string* rarest(const std::vector<std::string>& names, const Counts& counts) {
  const std::string* out = nullptr;
  for (const std::string& name : names) {
    if (is_in_every_message(name)) continue;
    if (!out || counts.at(name) < counts.at(*out)) out = &name;
  }
  return out;
}

constexpr std::uint64_t kMultiplier = 0x9E37'79B9'7F4A'7C15U;

// All bytes count, so that names made to collide need more than a common beginning or end.
std::uint32_t hash_of(std::string_view name) {
  std::uint64_t hash = name.size();
  const char* p = name.data();
  std::size_t left = name.size();
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    hash = std::rotl((hash ^ word) * kMultiplier, 29);
  }
  std::uint64_t rest = 0;
  for (; left > 0; --left) rest = rest << 8 | static_cast<unsigned char>(p[left - 1]);
  return static_cast<std::uint32_t>(((hash ^ rest) * kMultiplier) >> 32);
}

}  // namespace

TemplateIndex::TemplateIndex(const std::vector<std::vector<std::string>>& required) {
  Counts counts = count_names(required);
  std::map<std::string_view, std::vector<std::uint32_t>> under;
  for (std::size_t i = 0; i < required.size(); ++i) {
    const std::string* name = rarest(required[i], counts);
    (name ? under[*name] : always_).push_back(static_cast<std::uint32_t>(i));
  }
  for (auto& [name, templates] : under) {
    indexed_ += templates.size();
    names_.push_back({std::string(name), std::move(templates)});
  }
  build_slots();
}

void TemplateIndex::build_slots() {
  slots_.assign(std::bit_ceil(2 * names_.size() + 1), Slot());
  for (std::size_t id = 0; id < names_.size(); ++id) {
    std::uint32_t hash = hash_of(names_[id].text);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].name != kNone) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {hash, static_cast<std::uint32_t>(id)};
  }
}

std::uint32_t TemplateIndex::find(std::string_view name) const {
  std::uint32_t hash = hash_of(name);
  for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.name == kNone || (slot.hash == hash && names_[slot.name].text == name)) return slot.name;
  }
}

std::span<const std::uint32_t> TemplateIndex::candidates(document::Document& message) const {
  Arena& arena = message.arena();
  std::span<std::uint64_t> seen = arena.make_array<std::uint64_t>(names_.size() / 64 + 1);
  auto* found = static_cast<std::uint32_t*>(
      arena.allocate((indexed_ + always_.size()) * sizeof(std::uint32_t), alignof(std::uint32_t))
  );
  std::uint32_t* end = std::copy(always_.begin(), always_.end(), found);
  const Node* node = &message.root();
  for (const Node* last = node + node->span; node != last; ++node) {
    if (!node->name) continue;
    std::uint32_t id = find({node->name, node->name_size});
    if (id == kNone || (seen[id / 64] >> id % 64 & 1U) != 0) continue;
    seen[id / 64] |= std::uint64_t{1} << id % 64;
    end = std::copy(names_[id].templates.begin(), names_[id].templates.end(), end);
  }
  std::sort(found, end);
  return {found, end};
}

}  // namespace aorta::mapping
