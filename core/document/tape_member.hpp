// How a member is found on the tape; inline, for those who look up many.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/same_bytes.hpp"
#include "core/document/name_tag.hpp"
#include "core/document/node.hpp"

namespace aorta::document {

inline bool is_called(const Node& node, std::string_view name, std::uint32_t tag) {
  return node.name_tag == tag && same_text({node.name, node.name_size}, name);
}

// As member() with a tag, of an object whose members follow it in memory.
inline const Node* tape_member(const Node& object, std::string_view name, std::uint32_t tag) {
  const Node* node = &object + 1;
  for (std::uint32_t i = object.count; i > 0; --i, node += node->span) {
    if (is_called(*node, name, tag)) return node;
  }
  return nullptr;
}

// A name that is looked up in many objects. It is first looked for where it was found last, as many nodes behind its
// object: the messages of one kind of device are alike. Any thread.
class MemberName {
 public:
  explicit MemberName(std::string_view name = {}) : text_(name), tag_(name_tag(name)) {}
  MemberName(const MemberName& other) : text_(other.text_), tag_(other.tag_) {}
  MemberName& operator=(const MemberName& other) {
    text_ = other.text_;
    tag_ = other.tag_;
    return *this;
  }

  std::string_view text() const { return text_; }

  // As member().
  const Node* in(const Node& object) const {
    if (object.kind != Kind::Object || object.linked) return member(object, text_, tag_);
    std::uint32_t last = last_.load(std::memory_order_relaxed);
    const Node* there = &object + last;
    // Of the nodes below an object, its members are those one level down.
    if (last < object.span && there->depth == object.depth + 1 && is_called(*there, text_, tag_)) return there;
    return search(object);
  }

 private:
  [[gnu::noinline]] const Node* search(const Node& object) const {
    const Node* found = tape_member(object, text_, tag_);
    if (found) last_.store(static_cast<std::uint32_t>(found - &object), std::memory_order_relaxed);
    return found;
  }

  std::string text_;
  std::uint32_t tag_;
  mutable std::atomic<std::uint32_t> last_ = 0;
};

}  // namespace aorta::document
