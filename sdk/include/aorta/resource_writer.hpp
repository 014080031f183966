// One FHIR resource as JSON text, new or laid over what is stored.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/fhir_types.hpp"

namespace aorta {

// Write the elements that are yours, in any order; finish() adds those of the stored resource that you did not write,
// as they are. The resource is an open object in between, for JsonWriter's functions and the write_…() of
// fhir_types.hpp.
class ResourceWriter {
 public:
  // `existing`: the stored resource, or nothing.
  ResourceWriter(std::string& out, std::string_view type, std::string_view id, Node existing)
      : out_(out), writer_(out), existing_(existing) {
    out_.clear();
    writer_.begin_object();
    writer_.text("resourceType", type);
    writer_.text("id", id);
    done_ = {"resourceType", "id"};
  }

  // The writer, for the element of this name: it is not taken from the stored resource.
  JsonWriter& element(std::string_view name) {
    done_.emplace_back(name);
    return writer_;
  }
  void text(std::string_view name, std::string_view value) { element(name).text(name, value); }
  // "identifier": those that are stored, and this one where it is not among them.
  void identifier(const Identifier& own) {
    JsonWriter& out = element("identifier");
    out.begin_list("identifier");
    bool there = false;
    for (NodeChild child : existing_["identifier"].children()) {
      there = there || (child.value["system"].text() == own.system && child.value["value"].text() == own.value);
      out.copy({}, child.value);
    }
    if (!there) write_identifier(out, {}, own);
    out.end_list();
  }
  void code(std::string_view name, const CodeableConcept& value) {
    if (!value.empty()) write_concept(element(name), name, value);
  }
  void codes(std::string_view name, const std::vector<CodeableConcept>& values) {
    if (!values.empty()) write_concepts(element(name), name, values);
  }
  void reference(std::string_view name, std::string_view type, std::string_view id) {
    if (!id.empty()) write_reference(element(name), name, type, id);
  }
  // meta.profile names this one, beside what is stored in meta.
  void profile(std::string_view url) {
    if (url.empty()) return;
    JsonWriter& out = element("meta");
    Node meta = existing_["meta"];
    out.begin_object("meta");
    for (NodeChild child : meta.children()) {
      if (child.name != "profile") out.copy(child.name, child.value);
    }
    out.begin_list("profile");
    bool there = false;
    for (NodeChild child : meta["profile"].children()) {
      there = there || child.value.text() == url;
      out.copy({}, child.value);
    }
    if (!there) out.text({}, url);
    out.end_list();
    out.end_object();
  }
  // The stored extensions but those of these names ("urn:aorta:…"); then yours, then end_list().
  JsonWriter& begin_extensions(const std::vector<std::string_view>& own) {
    JsonWriter& out = element("extension");
    out.begin_list("extension");
    for (NodeChild child : existing_["extension"].children()) {
      std::string_view url = child.value["url"].text();
      bool ours = url.starts_with("urn:aorta:") && std::find(own.begin(), own.end(), url.substr(10)) != own.end();
      if (!ours) out.copy({}, child.value);
    }
    return out;
  }
  // The stored element of this name goes.
  void drop(std::string_view name) { done_.emplace_back(name); }

  // Completes the text.
  void finish() {
    for (NodeChild child : existing_.children()) {
      if (std::find(done_.begin(), done_.end(), child.name) == done_.end()) writer_.copy(child.name, child.value);
    }
    writer_.end_object();
  }

 private:
  std::string& out_;
  JsonWriter writer_;
  Node existing_;
  std::vector<std::string> done_;
};

}  // namespace aorta
