// document/1
#include <cmath>

#include "core/base/number.hpp"
#include "core/document/convert.hpp"
#include "core/plugin/host_interfaces.hpp"

namespace aorta::plugin {
namespace {

using document::Node;

const aorta_node* root(const aorta_document* document) {
  return to_abi(&reinterpret_cast<const document::Document*>(document)->root());
}

std::int32_t kind(const aorta_node* node) { return static_cast<std::int32_t>(from(node)->kind); }

std::uint64_t count(const aorta_node* node) { return document::Children(*from(node)).size(); }

const aorta_node* member(const aorta_node* node, aorta_str name) {
  return to_abi(document::member(*from(node), view(name)));
}

// cursor.a: how many children were given; cursor.b: the last one given, where children follow each other in memory.
std::int32_t next(const aorta_node* handle, aorta_cursor* cursor, aorta_str* name, const aorta_node** child) {
  const Node& node = *from(handle);
  if (cursor->a >= document::Children(node).size()) return 0;
  document::Child found;
  if (node.linked) {
    const document::Link& link = node.links[cursor->a];
    found = {{link.name, link.name_size}, link.name != nullptr, link.value};
  } else {
    const Node* before = reinterpret_cast<const Node*>(cursor->b);
    found.node = before ? before + before->span : &node + 1;
    found.name = {found.node->name, found.node->name_size};
    cursor->b = reinterpret_cast<std::uintptr_t>(found.node);
  }
  ++cursor->a;
  if (name) *name = to_abi(found.name);
  if (child) *child = to_abi(found.node);
  return 1;
}

aorta_str text(const aorta_node* node) { return from(node)->is_container() ? aorta_str{} : to_abi(from(node)->text()); }

std::int32_t integer(const aorta_node* handle, std::int64_t* value) {
  const Node& node = *from(handle);
  if (node.kind != document::Kind::Integer) return 0;
  *value = node.integer;
  return 1;
}

std::int32_t number(const aorta_node* handle, double* value) {
  const Node& node = *from(handle);
  if (node.kind == document::Kind::Float) {
    *value = node.number;
  } else if (node.kind == document::Kind::Integer) {
    *value = static_cast<double>(node.integer);
  } else if (node.kind == document::Kind::BigInteger) {
    *value = parse_float(node.text());
  } else {
    return 0;
  }
  return 1;
}

std::int32_t boolean(const aorta_node* node, std::int32_t* value) {
  if (from(node)->kind != document::Kind::Boolean) return 0;
  *value = from(node)->boolean ? 1 : 0;
  return 1;
}

std::int32_t to_text(aorta_document* document, const aorta_node* node, aorta_str* out) {
  if (std::string_view said = document::text_as_said(*from(node)); said.data() != nullptr) {
    *out = to_abi(said);
    return AORTA_OK;
  }
  document::TextResult result = document::to_text(*from(node), from(document)->arena());
  *out = result.state == document::TextResult::State::Text ? to_abi(result.text) : aorta_str{};
  return result.state == document::TextResult::State::NoText ? AORTA_REJECT : AORTA_OK;
}

std::int32_t to_time(aorta_document*, const aorta_node* node, aorta_time* out) {
  std::optional<DateTime> time = document::to_time(*from(node));
  if (!time) return AORTA_REJECT;
  *out = {time->ticks, static_cast<std::int32_t>(time->zone), 0};
  return AORTA_OK;
}

const aorta_node* with_member(
    aorta_document* document, const aorta_node* object, aorta_str name, const aorta_node* value
) {
  return to_abi(from(document)->with_member(*from(object), view(name), *from(value)));
}

}  // namespace

const aorta_document_api kDocumentApi{
    sizeof(aorta_document_api),
    0,
    &root,
    &kind,
    &count,
    &member,
    &next,
    &text,
    &integer,
    &number,
    &boolean,
    &to_text,
    &to_time,
    &with_member};

}  // namespace aorta::plugin
