#include "core/fhir/json_writer.hpp"

#include "core/document/convert.hpp"

namespace aorta::fhir {

void JsonWriter::lead(std::string_view name) {
  if (!open_.empty() && out_.size() != open_.back().inside) out_ += ',';
  if (name.data() == nullptr) return;
  document::append_json_string(out_, name);
  out_ += ':';
}

void JsonWriter::begin(std::string_view name, char bracket) {
  std::size_t rewind = out_.size();
  lead(name);
  out_ += bracket;
  open_.push_back({rewind, out_.size()});
}

void JsonWriter::end(char bracket) {
  Open top = open_.back();
  open_.pop_back();
  if (out_.size() == top.inside && !open_.empty()) {
    out_.resize(top.rewind);
  } else {
    out_ += bracket;
  }
}

void JsonWriter::text(std::string_view name, std::string_view value) {
  lead(name);
  document::append_json_string(out_, value);
}

void JsonWriter::raw(std::string_view name, std::string_view json) {
  lead(name);
  out_ += json;
}

void JsonWriter::members(std::string_view object) {
  if (object.size() > 2) raw({}, object.substr(1, object.size() - 2));
}

void JsonWriter::copy(std::string_view name, const document::Node& node) {
  using document::Kind;
  switch (node.kind) {
    case Kind::Null:
    case Kind::Undefined:
      return;
    case Kind::Object:
      begin_object(name);
      copy_members(node);
      return end_object();
    case Kind::Array:
      begin_list(name);
      for (document::Child child : document::Children(node)) copy({}, *child.node);
      return end_list();
    case Kind::Boolean:
      return raw(name, node.boolean ? "true" : "false");
    case Kind::String:
      return text(name, node.text());
    default:
      return raw(name, node.text());
  }
}

void JsonWriter::copy_members(const document::Node& object) {
  for (document::Child child : document::Children(object)) copy(child.name, *child.node);
}

}  // namespace aorta::fhir
