// Drives a template type: loads an entry of a mapping, applies it to messages, each twice, and compares.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/template.h"
#include "aorta/document.hpp"
#include "aorta/testing/driver.hpp"
#include "aorta/testing/services.h"

namespace aorta::testing {

struct ReceivedValue {
  std::string name, text;
  bool operator==(const ReceivedValue&) const = default;
};
struct ReceivedMeasurement {
  std::string type, device, patient, encounter, correlation;  // absent ones are empty
  std::int64_t ticks = 0;
  std::vector<ReceivedValue> values;
  bool operator==(const ReceivedMeasurement&) const = default;
};
// A message: bodies and properties are JSON text.
struct Message {
  std::string body;
  std::string properties = "{}";
  std::string system_properties = "{}";
};

namespace detail {

struct TestMeasurements {
  Contract& contract;
  std::vector<ReceivedMeasurement> all{};

  aorta_measurements* handle() { return reinterpret_cast<aorta_measurements*>(this); }
  static void add(aorta_measurements* handle, const aorta_measurement* m) {
    auto& out = *reinterpret_cast<TestMeasurements*>(handle);
    auto text = [](aorta_str s) { return std::string(view(s)); };
    ReceivedMeasurement read{text(m->type),
                             text(m->device),
                             text(m->patient),
                             text(m->encounter),
                             text(m->correlation),
                             m->occurred.ticks,
                             {}};
    if (m->size < sizeof(aorta_measurement))
      out.contract.broke(
          "a measurement's size is " + std::to_string(m->size) + "; set it to sizeof(aorta_measurement)"
      );
    if (read.type.empty()) out.contract.broke("a measurement has no type; sinks find their templates by it");
    if (m->value_count > 0 && !m->values)
      out.contract.broke("a measurement's values are NULL, its value_count is not 0");
    for (std::uint64_t i = 0; m->values && i < m->value_count; ++i) {
      if (view(m->values[i].name).empty()) out.contract.broke("a value of a measurement has no name");
      read.values.push_back({text(m->values[i].name), text(m->values[i].value)});
    }
    out.all.push_back(std::move(read));
  }
};

struct TestProblems {
  std::vector<std::string> all{};

  aorta_problems* handle() { return reinterpret_cast<aorta_problems*>(this); }
  static void add(aorta_problems* handle, const aorta_node*, std::int32_t, aorta_str message) {
    reinterpret_cast<TestProblems*>(handle)->all.emplace_back(view(message));
  }
};

inline constexpr aorta_measurements_api kTestMeasurements{sizeof(aorta_measurements_api), 0, &TestMeasurements::add};
inline constexpr aorta_problems_api kTestProblems{sizeof(aorta_problems_api), 0, &TestProblems::add};

// Whether an object below `node`, itself included, has a member of this name.
inline bool has_name(Node node, std::string_view name, int depth = 0) {
  if (depth > 64) return true;
  for (NodeChild child : node.children()) {
    if ((child.name.data() && child.name == name) || has_name(child.value, name, depth + 1)) return true;
  }
  return false;
}

}  // namespace detail

// One entry of a device mapping. Documents and expressions are the host's own (services.h).
class TemplateDriver : public Driver {
 public:
  // `entry`: the "template" object of the mapping's entry, JSON.
  TemplateDriver(const Library& library, std::string_view type, std::string_view entry)
      : Driver(
            library, type, "{}", AORTA_TEMPLATE_ID,
            {{AORTA_DOCUMENT_ID, aorta_services_v1.document},
             {AORTA_EXPRESSION_ID, aorta_services_v1.expression},
             {AORTA_MEASUREMENTS_ID, &detail::kTestMeasurements},
             {AORTA_PROBLEMS_ID, &detail::kTestProblems}}
        ) {
    if (exists() && has_api()) load(entry);
  }

  // How load() ended, and what it found wrong with the entry.
  const Answer& loaded() const { return loaded_; }
  const std::vector<std::string>& problems() const { return problems_.all; }

  struct Applied {
    Answer answer;
    std::vector<ReceivedMeasurement> measurements;
    bool operator==(const Applied& other) const {
      return answer.code == other.answer.code && answer.reason == other.answer.reason &&
             measurements == other.measurements;
    }
  };
  // The measurements of one message. It is applied twice; a difference breaks the contract.
  Applied apply(const Message& message) {
    Applied first = apply_once(message);
    if (!(first == apply_once(message)))
      broke("the same message gave different measurements; a template type has no memory, no clock and no files");
    return first;
  }
  // Names without which the template promises to find nothing (hints/1).
  std::vector<std::string> required_names() const {
    std::vector<std::string> out;
    const auto* hints = optional_api<aorta_hints>(AORTA_HINTS_ID);
    while (hints && out.size() < 1000) {
      aorta_str name = hints->required_name(self(), out.size());
      if (!name.data) break;
      out.emplace_back(view(name));
    }
    return out;
  }

 private:
  using Document = std::unique_ptr<aorta_document, void (*)(aorta_document*)>;

  void load(std::string_view entry) {
    Document document(aorta_services_v1.read_value(host().raw(), to_abi(entry)), aorta_services_v1.release);
    if (!document) return void(loaded_ = host().failed("reading the entry"));
    const aorta_node* root = aorta_services_v1.document->root(document.get());
    loaded_ = answer_of("load()", [&] {
      return api<aorta_template>().load(self(), document.get(), root, problems_.handle());
    });
    if (loaded_.ok() && !problems_.all.empty())
      broke("load() added a problem and returned AORTA_OK; return AORTA_REJECT then");
    if (loaded_.code == AORTA_END || loaded_.code == AORTA_CANCELLED) broke("load() returned a code of sources");
  }
  // A load() that has added a problem has said why.
  template <class Call>
  Answer answer_of(std::string_view function, Call into_plugin) {
    FakeHost::said() = {};
    std::int32_t code = into_plugin();
    if (code == AORTA_OK || !problems_.all.empty()) return {code};
    Answer answer = host().failed(function);
    answer.code = code;
    return answer;
  }

  Applied apply_once(const Message& message) {
    Document document(
        aorta_services_v1.read_message(
            host().raw(), to_abi(message.body), to_abi(message.properties), to_abi(message.system_properties)
        ),
        aorta_services_v1.release
    );
    if (!document) return {host().failed("reading the message"), {}};
    detail::TestMeasurements measurements{host().contract()};
    Applied out{
        host().call(
            "apply()", [&] { return api<aorta_template>().apply(self(), document.get(), measurements.handle()); }
        ),
        std::move(measurements.all)};
    if (out.answer.code == AORTA_END || out.answer.code == AORTA_CANCELLED) broke("apply() returned a code of sources");
    check_hints(document.get(), out);
    return out;
  }
  void check_hints(const aorta_document* document, const Applied& applied) {
    if (applied.answer.ok() && applied.measurements.empty()) return;
    Node root(aorta_services_v1.document, aorta_services_v1.document->root(document));
    for (const std::string& name : required_names()) {
      if (!detail::has_name(root, name))
        broke("required_name() promised that nothing is found without \"" + name + "\", but something was");
    }
  }

  detail::TestProblems problems_;
  Answer loaded_;
};

}  // namespace aorta::testing
