#include "core/document/duplicates.hpp"

#include <algorithm>

namespace aorta::document {
namespace {

struct Member {
  std::string_view name;
  std::uint32_t order;  // of the member in the object
  std::uint32_t node;
};

std::vector<Member> members_of(const std::vector<Node>& tape, std::size_t object) {
  std::vector<Member> out;
  out.reserve(tape[object].count);
  auto node = static_cast<std::uint32_t>(object + 1);
  for (std::uint32_t i = 0; i < tape[object].count; ++i) {
    out.push_back({{tape[node].name, tape[node].name_size}, i, node});
    node += tape[node].span;
  }
  return out;
}

// Keeps of each name one member: the last node, in the order of the first.
bool keep_last(std::vector<Member>& members) {
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    int names = a.name.compare(b.name);
    return names != 0 ? names < 0 : a.order < b.order;
  });
  auto kept = members.begin();
  for (auto m = members.begin() + 1; m != members.end(); ++m) {
    if (m->name == kept->name) {
      kept->node = m->node;
    } else {
      *++kept = *m;
    }
  }
  bool found = kept + 1 != members.end();
  members.erase(kept + 1, members.end());
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.order < b.order; });
  return found;
}

template <class T>
void rewrite(
    std::vector<T>& list, const std::vector<Node>& tape, std::size_t object, const std::vector<Member>& members
) {
  std::vector<T> kept;
  for (const Member& m : members)
    kept.insert(kept.end(), list.begin() + m.node, list.begin() + m.node + tape[m.node].span);
  std::copy(kept.begin(), kept.end(), list.begin() + static_cast<std::ptrdiff_t>(object) + 1);
}

}  // namespace

std::size_t merge_duplicates(
    std::vector<Node>& tape, std::vector<Document::Place>& places, std::size_t object, std::size_t used
) {
  std::vector<Member> members = members_of(tape, object);
  if (!keep_last(members)) return used;
  std::size_t kept = object + 1;
  for (const Member& m : members) kept += tape[m.node].span;
  if (!places.empty()) {
    rewrite(places, tape, object, members);
    places.resize(kept);
  }
  rewrite(tape, tape, object, members);
  tape[object].count = static_cast<std::uint32_t>(members.size());
  return kept;
}

}  // namespace aorta::document
