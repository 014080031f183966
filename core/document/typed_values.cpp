#include "core/document/typed_values.hpp"

#include "core/base/time.hpp"
#include "core/document/date_node.hpp"

namespace aorta::document {
namespace {

bool is_scalar(const Node* node) { return node && !node->is_container(); }

Node typed(const Node& value, std::string_view type) {
  Node out = value;
  if (type.starts_with("DateTime")) {
    if (std::optional<DateTime> date = detect_date(value.text()).date) set_date(out, *date);
  } else if (type == "Guid" || type == "Bytes") {
    out.kind = Kind::Constructor;
    out.count = 0;
  }
  return out;
}

// The scalar takes the object's place on the tape: its name and its length.
void resolve(Node& object) {
  const Node* type = member(object, "$type");
  const Node* value = member(object, "value");
  if (object.count != 2 || !is_scalar(type) || !is_scalar(value)) return;
  Node out = typed(*value, type->text());
  out.name = object.name;
  out.name_size = object.name_size;
  out.name_tag = object.name_tag;
  out.depth = object.depth;
  out.span = object.span;
  object = out;
}

}  // namespace

void resolve_typed_values(Node& properties) {
  Node* child = &properties + 1;
  for (std::uint32_t i = 0; i < properties.count; ++i, child += child->span) {
    if (child->kind == Kind::Object) resolve(*child);
  }
}

}  // namespace aorta::document
