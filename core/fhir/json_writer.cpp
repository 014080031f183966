#include "core/fhir/json_writer.hpp"

namespace aorta::fhir {

void JsonWriter::lead(std::string_view name) {
  bool first = open_.empty() || out_.size() == open_.back().inside;
  if (name.data() != nullptr) return out_.put_name(name, first);
  if (!first) out_.put(',');
}

void JsonWriter::begin(std::string_view name, char bracket) {
  std::size_t rewind = out_.size();
  lead(name);
  out_.put(bracket);
  open_.push_back({rewind, out_.size()});
}

void JsonWriter::end(char bracket) {
  Open top = open_.back();
  open_.pop_back();
  if (out_.size() == top.inside && !open_.empty()) {
    out_.rewind(top.rewind);
  } else {
    out_.put(bracket);
  }
  end_value();
}

void JsonWriter::text(std::string_view name, std::string_view value) {
  lead(name);
  out_.put_string(value);
  end_value();
}

void JsonWriter::time(std::string_view name, DateTime value) {
  lead(name);
  out_.put_round_trip(value);
  end_value();
}

void JsonWriter::raw(std::string_view name, std::string_view json) {
  lead(name);
  out_.put(json);
  end_value();
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
