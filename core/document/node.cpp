#include "core/document/node.hpp"

#include <algorithm>

#include "core/document/date_node.hpp"
#include "core/document/document.hpp"
#include "core/document/name_tag.hpp"
#include "core/document/tape_member.hpp"

namespace aorta::document {
namespace {

Node boolean_node(bool value) {
  Node node;
  node.kind = Kind::Boolean;
  node.boolean = value;
  return node;
}

const Node kNull{};
const Node kTrue = boolean_node(true);
const Node kFalse = boolean_node(false);

Link link_of(std::string_view name, const Node& value) {
  return {name.data(), static_cast<std::uint32_t>(name.size()), &value};
}

const Node* linked(Arena& arena, Kind kind, const Link* links, std::size_t count) {
  Node* node = arena.make<Node>();
  node->kind = kind;
  node->linked = true;
  node->count = static_cast<std::uint32_t>(count);
  node->links = links;
  return node;
}

Node* scalar(Arena& arena, Kind kind) {
  Node* node = arena.make<Node>();
  node->kind = kind;
  return node;
}

const Node* linked_member(const Node& object, std::string_view name) {
  // From the last on: what with_member() added stands there.
  for (const Link* link = object.links + object.count; link != object.links;) {
    --link;
    if (same_text({link->name, link->name_size}, name)) return link->value;
  }
  return nullptr;
}

}  // namespace

const Node* member(const Node& object, std::string_view name) { return member(object, name, name_tag(name)); }

const Node* member(const Node& object, std::string_view name, std::uint32_t tag) {
  if (object.kind != Kind::Object) return nullptr;
  if (object.linked) return linked_member(object, name);
  return tape_member(object, name, tag);
}

std::string_view string_of(const Node* node) {
  return node && node->kind == Kind::String ? node->text() : std::string_view();
}

const Node* element(const Node& array, std::uint32_t index) {
  if ((array.kind != Kind::Array && array.kind != Kind::Constructor) || index >= array.count) return nullptr;
  if (array.linked) return array.links[index].value;
  const Node* node = &array + 1;
  for (; index > 0; --index) node += node->span;
  return node;
}

const Node* make_linked(Arena& arena, Kind kind, std::span<const Link> children) {
  std::span<Link> links = arena.make_array<Link>(children.size());
  std::copy(children.begin(), children.end(), links.begin());
  return linked(arena, kind, links.data(), links.size());
}

const Node* make_string(Arena& arena, std::string_view text) {
  Node* node = scalar(arena, Kind::String);
  node->text_data = text.data();
  node->text_size = static_cast<std::uint32_t>(text.size());
  return node;
}

const Node* make_integer(Arena& arena, std::int64_t value) {
  Node* node = scalar(arena, Kind::Integer);
  node->integer = value;
  return node;
}

const Node* make_float(Arena& arena, double value) {
  Node* node = scalar(arena, Kind::Float);
  node->number = value;
  return node;
}

const Node* make_boolean(bool value) { return value ? &kTrue : &kFalse; }

const Node* make_null() { return &kNull; }

const Node* make_date(Arena& arena, DateTime time) {
  Node* node = scalar(arena, Kind::Date);
  set_date(*node, time);
  return node;
}

const Node* make_property(Arena& arena, std::string_view name, const Node& value) {
  Link* link = arena.make<Link>(link_of(name, value));
  Node* node = scalar(arena, Kind::Property);
  node->linked = true;
  node->count = 1;
  node->links = link;
  node->text_data = name.data();
  node->text_size = static_cast<std::uint32_t>(name.size());
  return node;
}

const Node* with_member(Arena& arena, const Node& object, std::string_view name, const Node& value) {
  if (object.kind != Kind::Object) return nullptr;
  std::size_t room = std::size_t{object.count} + 1;
  auto* const links = static_cast<Link*>(arena.allocate(room * sizeof(Link), alignof(Link)));
  Link* next = links;
  bool replaced = false;
  for (Child c : Children(object)) {
    bool same = same_text(c.name, name);
    replaced = replaced || same;
    new (next++) Link(link_of(c.name, same ? value : *c.node));
  }
  if (!replaced) new (next++) Link(link_of(name, value));
  return linked(arena, Kind::Object, links, static_cast<std::size_t>(next - links));
}

}  // namespace aorta::document
