// One value of a parsed document. Immutable, trivially destructible, lives in the document or its arena.
#pragma once

#include <cstdint>
#include <string_view>

namespace aorta::document {

// As AORTA_KIND_* of the ABI, same numbers.
enum class Kind : std::uint8_t {
  Null = 0,
  Undefined = 1,
  Boolean = 2,
  Integer = 3,
  BigInteger = 4,
  Float = 5,
  String = 6,
  Date = 7,
  Array = 8,
  Object = 9,
  Property = 10,  // a name with its value; only expressions make them
  Constructor = 11,
};

// Two layouts of children. Tape: they follow their parent in memory, each `span` nodes long. Linked: `linked` is an
// array of `count` pointers to Link, for what expressions and with_member() put together without copying. Use Children
// (below); never assume one.
struct Node {
  Kind kind = Kind::Null;
  std::uint8_t zone = 0;    // Date: DateTime::Zone
  bool linked = false;      // layout of the children
  std::uint8_t depth = 0;   // tape: how many containers it stands in
  std::uint32_t count = 0;  // Array, Object, Constructor: children; Property: 1
  std::uint32_t span = 1;   // tape: nodes up to the next sibling, itself included
  std::uint32_t name_size = 0;
  const char* name =
      nullptr;  // this node's member name on the tape; nullptr for array elements and linked children (see Link)
  const char* text_data = nullptr;  // String: content; numbers, dates, literals: source text; Property: its name
  std::uint32_t text_size = 0;
  std::uint32_t name_tag = 0;  // tape: name_tag(name)
  union {
    std::int64_t integer = 0;  // Integer; Date: ticks
    double number;             // Float
    bool boolean;              // Boolean
    const struct Link* links;  // linked containers and Property
  };

  std::string_view text() const { return {text_data, text_size}; }
  bool is_container() const { return kind == Kind::Array || kind == Kind::Object || kind == Kind::Constructor; }
  bool is_number() const { return kind == Kind::Integer || kind == Kind::BigInteger || kind == Kind::Float; }
};

struct Link {
  const char* name = nullptr;
  std::uint32_t name_size = 0;
  const Node* value = nullptr;
};

struct Child {
  std::string_view name;
  bool named = false;
  const Node* node = nullptr;
};

// for (Child c : Children(node)): in document order, whatever the layout. Empty for scalars.
class Children {
 public:
  explicit Children(const Node& parent) : parent_(&parent) {}

  class Iterator {
   public:
    Iterator(const Node* parent, std::uint32_t index) : parent_(parent), node_(parent + 1), index_(index) {}
    Child operator*() const {
      if (parent_->linked) {
        const Link& l = parent_->links[index_];
        return {{l.name, l.name_size}, l.name != nullptr, l.value};
      }
      return {{node_->name, node_->name_size}, node_->name != nullptr, node_};
    }
    Iterator& operator++() {
      ++index_;
      if (!parent_->linked && index_ < parent_->count) node_ += node_->span;
      return *this;
    }
    friend bool operator!=(const Iterator& a, const Iterator& b) { return a.index_ != b.index_; }

   private:
    const Node* parent_;
    const Node* node_;
    std::uint32_t index_;
  };

  Iterator begin() const { return {parent_, 0}; }
  Iterator end() const { return {parent_, size()}; }
  std::uint32_t size() const { return parent_->is_container() || parent_->kind == Kind::Property ? parent_->count : 0; }

 private:
  const Node* parent_;
};

// The member called exactly `name`, or nullptr; also on anything but an object. Duplicate names do not occur: the
// reader keeps the last value at the first position.
const Node* member(const Node& object, std::string_view name);
// The same for a name whose name_tag() is known.
const Node* member(const Node& object, std::string_view name, std::uint32_t tag);
// The content of a string; empty for all else, also for nullptr.
std::string_view string_of(const Node* node);
// The index-th element, or nullptr; also on anything but an array or constructor.
const Node* element(const Node& array, std::uint32_t index);

}  // namespace aorta::document
