#include "core/document/document.hpp"
#include "core/expr/jmes_path/functions.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Link;
using document::Node;

Value array(const Call& call, std::span<const Link> links) { return make_container(call.arena(), Kind::Array, links); }

Link* find(std::span<Link> members, std::string_view name) {
  for (Link& m : members) {
    if (std::string_view(m.name, m.name_size) == name) return &m;
  }
  return nullptr;
}

const Node* merged(const Call& call, const Node& into, const Node& from);

// Containers of one kind are merged; else the new value replaces the old one unless it is null.
const Node* merged_member(const Call& call, const Node& old, const Node& added) {
  if (old.kind == added.kind && (old.kind == Kind::Object || old.kind == Kind::Array)) return merged(call, old, added);
  return added.kind == Kind::Null ? &old : &added;
}

const Node* concatenated(const Call& call, const Node& first, const Node& second) {
  std::span<Link> links = call.arena().make_array<Link>(std::size_t{first.count} + second.count);
  std::size_t n = 0;
  for (Child c : Children(first)) links[n++].value = c.node;
  for (Child c : Children(second)) links[n++].value = c.node;
  return make_container(call.arena(), Kind::Array, links);
}

const Node* merged_objects(const Call& call, const Node& into, const Node& from) {
  std::span<Link> room = call.arena().make_array<Link>(std::size_t{into.count} + from.count);
  std::size_t n = 0;
  for (Child c : Children(into)) room[n++] = {c.name.data(), static_cast<std::uint32_t>(c.name.size()), c.node};
  std::span<Link> old = room.first(n);
  for (Child c : Children(from)) {
    Link* member = find(old, c.name);
    if (!member) {
      room[n++] = {c.name.data(), static_cast<std::uint32_t>(c.name.size()), c.node};
    } else if (!(member->value = merged_member(call, *member->value, *c.node))) {
      return nullptr;
    }
  }
  return make_container(call.arena(), Kind::Object, room.first(n));
}

// nullptr once the allowance is used up.
const Node* merged(const Call& call, const Node& into, const Node& from) {
  // Names are searched one by one; some dozens of comparisons cost what a step does.
  if (!call.spend(1 + into.count + from.count + std::uint64_t{into.count} * from.count / 32)) return nullptr;
  return into.kind == Kind::Array ? concatenated(call, into, from) : merged_objects(call, into, from);
}

}  // namespace

Value keys(const Call& call) {
  std::span<Link> links = call.arena().make_array<Link>(call.token().count);
  std::size_t n = 0;
  for (Child c : Children(call.token())) links[n++].value = document::make_string(call.arena(), c.name);
  return array(call, links);
}

Value values(const Call& call) {
  std::span<Link> links = call.arena().make_array<Link>(call.token().count);
  std::size_t n = 0;
  for (Child c : Children(call.token())) links[n++].value = c.node;
  return array(call, links);
}

Value map(const Call& call) {
  std::span<Link> links = call.arena().make_array<Link>(call.token(1).count);
  std::size_t n = 0;
  for (Child c : Children(call.token(1))) {
    const Node* result = call.apply(0, *c.node);
    if (!result) return {};
    links[n++].value = present(result);
  }
  return array(call, links);
}

Value merge(const Call& call) {
  const Node* result = &call.token(0);
  for (std::uint32_t i = 1; i < call.count() && result; ++i) result = merged(call, *result, call.token(i));
  return result;
}

Value not_null(const Call& call) {
  for (std::uint32_t i = 0; i < call.count(); ++i) {
    if (call.token(i).kind != Kind::Null) return &call.token(i);
  }
  return missing();
}

Value to_array(const Call& call) {
  if (call.token().kind == Kind::Array) return &call.token();
  std::span<Link> links = call.arena().make_array<Link>(1);
  links[0].value = present(&call.token());
  return array(call, links);
}

Value type(const Call& call) { return document::make_string(call.arena(), type_name(call.token())); }

}  // namespace aorta::expr::jmes_path
