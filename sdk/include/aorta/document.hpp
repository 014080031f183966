// A message or a mapping file, parsed once by the host.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "aorta/abi/document.h"
#include "aorta/host.hpp"

namespace aorta {

struct NodeChild;

// One value of a document; a handle of two pointers, valid as long as the document. A default-made Node is "nothing":
// false, and empty in every answer.
class Node {
 public:
  Node() = default;
  Node(const aorta_document_api* api, const aorta_node* node) : api_(api), node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  // AORTA_KIND_*; nothing counts as AORTA_KIND_UNDEFINED.
  std::int32_t kind() const { return node_ ? api_->kind(node_) : AORTA_KIND_UNDEFINED; }
  bool is_object() const { return kind() == AORTA_KIND_OBJECT; }
  bool is_array() const { return kind() == AORTA_KIND_ARRAY; }
  bool is_null() const { return kind() == AORTA_KIND_NULL; }

  // The member with exactly this name, or nothing.
  Node operator[](std::string_view name) const {
    return node_ ? Node(api_, api_->member(node_, to_abi(name))) : Node();
  }
  // Children of an array or object.
  std::uint64_t size() const { return node_ ? api_->count(node_) : 0; }
  // A string's content; a number's, date's or literal's source text ("72.50").
  std::string_view text() const { return node_ ? view(api_->text(node_)) : std::string_view(); }
  std::optional<std::int64_t> integer() const {
    std::int64_t value = 0;
    if (!node_ || !api_->integer(node_, &value)) return std::nullopt;
    return value;
  }
  std::optional<double> number() const {
    double value = 0;
    if (!node_ || !api_->number(node_, &value)) return std::nullopt;
    return value;
  }
  std::optional<bool> boolean() const {
    std::int32_t value = 0;
    if (!node_ || !api_->boolean(node_, &value)) return std::nullopt;
    return value != 0;
  }

  // for (aorta::NodeChild child : node.children()), in document order.
  class Children;
  Children children() const;

  const aorta_node* raw() const { return node_; }

 private:
  const aorta_document_api* api_ = nullptr;
  const aorta_node* node_ = nullptr;
};

struct NodeChild {
  std::string_view name;  // data() == nullptr for array elements
  Node value;
};

class Node::Children {
 public:
  Children(const aorta_document_api* api, const aorta_node* node) : api_(api), node_(node) {}
  class Iterator {
   public:
    Iterator(const aorta_document_api* api, const aorta_node* node) : api_(api), node_(node) { ++*this; }
    NodeChild operator*() const { return {name_, Node(api_, child_)}; }
    Iterator& operator++() {
      aorta_str name{};
      if (!node_ || !api_->next(node_, &cursor_, &name, &child_)) child_ = nullptr;
      name_ = view(name);
      return *this;
    }
    bool operator!=(std::nullptr_t) const { return child_ != nullptr; }

   private:
    const aorta_document_api* api_;
    const aorta_node* node_;
    aorta_cursor cursor_{};
    std::string_view name_;
    const aorta_node* child_ = nullptr;
  };
  Iterator begin() const { return {api_, node_}; }
  std::nullptr_t end() const { return nullptr; }

 private:
  const aorta_document_api* api_;
  const aorta_node* node_;
};

inline Node::Children Node::children() const { return {api_, node_}; }

// The document of the current call.
class Document {
 public:
  Document(const aorta_document_api* api, aorta_document* document) : api_(api), document_(document) {}

  Node root() const { return {api_, api_->root(document_)}; }

  enum class Text : std::uint8_t { Found, Absent, None };  // Absent: null or nothing; None: a kind that has no text
  // A node as the text a measurement carries (docs/reference/conversion.md).
  Text text(Node node, std::string_view& out) const {
    aorta_str text{};
    if (!node) return Text::Absent;
    if (api_->to_text(document_, node.raw(), &text) != AORTA_OK) return Text::None;
    out = view(text);
    return out.data() ? Text::Found : Text::Absent;
  }
  // A date as it is, a string by the date grammar.
  std::optional<aorta_time> time(Node node) const {
    aorta_time time{};
    if (!node || api_->to_time(document_, node.raw(), &time) != AORTA_OK) return std::nullopt;
    return time;
  }
  // A view of `object` with member `name` set to `value`; nothing if it is no object, or `value` is nothing.
  Node with_member(Node object, std::string_view name, Node value) const {
    if (!object || !value) return {};
    return {api_, api_->with_member(document_, object.raw(), to_abi(name), value.raw())};
  }

  const aorta_document_api* api() const { return api_; }
  aorta_document* raw() const { return document_; }

 private:
  const aorta_document_api* api_;
  aorta_document* document_;
};

}  // namespace aorta
