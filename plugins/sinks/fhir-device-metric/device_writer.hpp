// The elements of a Device.
#pragma once

#include <aorta/fhir.hpp>

#include "facts.hpp"

namespace device_metric {

// Whether two lists of codings share one.
inline bool same_code(aorta::Node stored, const aorta::CodeableConcept& wanted) {
  for (aorta::NodeChild coding : stored["coding"].children()) {
    for (const aorta::Coding& code : wanted.codes) {
      if (coding.value["code"].text() == code.code && coding.value["system"].text() == code.system) return true;
    }
  }
  return wanted.codes.empty() && stored["text"].text() == wanted.text;
}

class DeviceWriter {
 public:
  DeviceWriter(
      const Device& device, const DeviceFacts& facts, aorta::ResourceWriter& out, const aorta::Stored& existing
  )
      : device_(device), facts_(facts), out_(out), existing_(existing), newest_(existing) {}

  void write() {
    out_.profile(device_.profile);
    write_identifiers();
    out_.code("type", device_.type);
    write_text("manufacturer", facts_.manufacturer, device_.manufacturer);
    write_text("modelNumber", facts_.model, device_.model);
    write_text("serialNumber", facts_.serial, device_.serial);
    write_specializations();
    write_versions();
    newest_.write(out_);
  }

 private:
  void write_text(std::string_view name, const std::optional<Fact>& fact, const Source& source) {
    std::string text = newest_.of(fact, existing_[name].text(), source.text);
    if (!text.empty()) out_.text(name, text);
  }

  // All that are stored, but for those of a system that the mapping has another value for.
  void write_identifiers() {
    if (device_.identifiers.empty()) return;
    aorta::JsonWriter& json = out_.element("identifier");
    json.begin_list("identifier");
    for (aorta::NodeChild child : existing_["identifier"].children()) {
      if (!is_ours(child.value)) json.copy({}, child.value);
    }
    for (std::size_t i = 0; i < device_.identifiers.size(); ++i) {
      const DeviceIdentifier& one = device_.identifiers[i];
      std::string value = newest_.of(facts_.identifiers[i], stored_identifier(one.system), one.value.text);
      if (value.empty()) continue;
      json.begin_object();
      if (!one.type.empty()) aorta::write_concept(json, "type", one.type);
      json.text("system", one.system);
      json.text("value", value);
      json.end_object();
    }
    json.end_list();
  }
  bool is_ours(aorta::Node identifier) const {
    for (const DeviceIdentifier& one : device_.identifiers) {
      if (identifier["system"].text() == one.system) return true;
    }
    return false;
  }
  std::string_view stored_identifier(std::string_view system) const {
    for (aorta::NodeChild child : existing_["identifier"].children()) {
      if (child.value["system"].text() == system) return child.value["value"].text();
    }
    return {};
  }

  void write_specializations() {
    if (device_.specializations.empty()) return;
    aorta::JsonWriter& json = out_.element("specialization");
    json.begin_list("specialization");
    for (const Specialization& one : device_.specializations) {
      json.begin_object();
      aorta::write_concept(json, "systemType", one.type);
      json.filled("version", one.version);
      json.end_object();
    }
    json.end_list();
  }

  void write_versions() {
    if (device_.versions.empty()) return;
    aorta::JsonWriter& json = out_.element("version");
    json.begin_list("version");
    for (std::size_t i = 0; i < device_.versions.size(); ++i) {
      const Version& one = device_.versions[i];
      std::string value = newest_.of(facts_.versions[i], stored_version(one.type), one.value.text);
      if (value.empty()) continue;
      json.begin_object();
      aorta::write_concept(json, "type", one.type);
      json.text("value", value);
      json.end_object();
    }
    copy_other_versions(json);
    json.end_list();
  }
  void copy_other_versions(aorta::JsonWriter& json) const {
    for (aorta::NodeChild child : existing_["version"].children()) {
      bool ours = false;
      for (const Version& one : device_.versions) ours = ours || same_code(child.value["type"], one.type);
      if (!ours) json.copy({}, child.value);
    }
  }
  std::string_view stored_version(const aorta::CodeableConcept& type) const {
    for (aorta::NodeChild child : existing_["version"].children()) {
      if (same_code(child.value["type"], type)) return child.value["value"].text();
    }
    return {};
  }

  const Device& device_;
  const DeviceFacts& facts_;
  aorta::ResourceWriter& out_;
  const aorta::Stored& existing_;
  Newest newest_;
};

}  // namespace device_metric
