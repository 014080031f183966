#include "core/fhir/template_places.hpp"

#include "core/base/letter_case.hpp"

namespace aorta::fhir {
namespace {

using document::Child;
using document::Children;
using document::Document;
using document::Node;

const Node* object_at(const Document& file, const Node& in, Position at) {
  if (in.kind == document::Kind::Object && file.position(in, Document::At::Node) == at) return &in;
  for (Child c : Children(in)) {
    if (const Node* found = object_at(file, *c.node, at)) return found;
  }
  return nullptr;
}

// As the loader looks: the exact name first.
Child member_of(const Node& object, std::string_view name) {
  Child alike;
  for (Child c : Children(object)) {
    if (c.name == name) return c;
    if (!alike.node && equals_ignoring_case(c.name, name)) alike = c;
  }
  return alike;
}

}  // namespace

TemplatePlaces::TemplatePlaces(std::string_view file)
    : readable_(file_.read_value(file, {.dates = false, .whole = true, .positions = true}).has_value()) {}

Position TemplatePlaces::find(Position of, std::string_view name, std::optional<std::size_t> index) const {
  const Node* made = readable_ ? object_at(file_, file_.root(), of) : nullptr;
  Child found = made ? member_of(*made, name) : Child{};
  if (!found.node) return {};
  if (!index) return file_.position(*found.node, Document::At::Name);
  const Node* item = document::element(*found.node, static_cast<std::uint32_t>(*index));
  return item ? file_.position(*item, Document::At::Node) : Position{};
}

}  // namespace aorta::fhir
