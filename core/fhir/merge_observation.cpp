#include <algorithm>
#include <memory>

#include "core/base/blank.hpp"
#include "core/document/document.hpp"
#include "core/fhir/fhir_time.hpp"
#include "core/fhir/json_compare.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_parts.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/sampled_data.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Document;
using document::Kind;
using document::Node;

namespace {

// value[x], effective[x]: a member whose name goes on with a type's name.
bool is_choice(std::string_view name, std::string_view stem) {
  return name.size() > stem.size() && name.starts_with(stem) && name[stem.size()] >= 'A' && name[stem.size()] <= 'Z';
}

Child find_choice(const Node& object, std::string_view stem) {
  for (Child child : Children(object)) {
    if (is_choice(child.name, stem) && child.node->kind != Kind::Null) return child;
  }
  return {};
}

Result<DateTime> read_time(const Node* node, std::string_view what) {
  if (!node)
    return Error("existing-without-period", "the stored Observation has no " + std::string(what) + " to merge with");
  std::optional<DateTime> time = parse_fhir_time(string_of(node));
  if (!time)
    return Error("existing-without-period", "the stored Observation's " + std::string(what) + " is no FHIR dateTime");
  return *time;
}

Result<group::Boundary> existing_period(const Node& observation) {
  if (const Node* instant = document::member(observation, "effectiveDateTime")) {
    AORTA_TRY(time, read_time(instant, "effectiveDateTime"));
    return group::Boundary{time, time};
  }
  const Node* period = document::member(observation, "effectivePeriod");
  if (!period)
    return Error(
        "existing-without-period",
        "the stored Observation has neither effectivePeriod nor effectiveDateTime to merge with"
    );
  AORTA_TRY(start, read_time(document::member(*period, "start"), "effectivePeriod.start"));
  AORTA_TRY(end, read_time(document::member(*period, "end"), "effectivePeriod.end"));
  return group::Boundary{start, end};
}

Error other_kind(const ValueTemplate& made_by, std::string_view found) {
  return Error(
      "existing-value-other-kind",
      "value \"" + made_by.name.value_or(std::string()) + "\" is a " + std::string(kind_name(made_by.kind)) +
          " in the FHIR mapping, but the stored Observation has " +
          (found.empty() ? std::string("no value") : std::string(found)) + ": write it under another type name"
  );
}

constexpr std::string_view kAbsent = "dataAbsentReason";

struct Periods {
  group::Boundary existing;
  group::Boundary merged;
};

Result<std::string> merge_data(
    const ValueTemplate& made_by, const Node& existing, const group::Series& series, const Periods& periods
) {
  if (const Node* dimensions = document::member(existing, "dimensions"); dimensions && dimensions->is_number()) {
    std::optional<Decimal> count = parse_decimal(dimensions->text(), DecimalSyntax::Float);
    if (!count || count->to_double() > 1)
      return Error(
          "existing-value-other-kind", "the stored SampledData has more than one dimension, which cannot be merged"
      );
  }
  AORTA_TRY(step, template_step(made_by));
  std::string_view data = trim(string_of(document::member(existing, "data")));
  auto put = put_samples(data, periods.existing.start, periods.merged, step, series.values);
  if (put) return std::move(*put);
  AORTA_TRY(old, decode_samples(data, periods.existing.start, step));
  return encode_samples(merge_samples(old, series.values), periods.merged.start, periods.merged.end, step);
}

// Writes what a value becomes, and notes where that surely differs from what it was.
class ValueMerger {
 public:
  // `fills`: a value goes where a reason for its absence stands.
  ValueMerger(const Periods& periods, bool& changed, bool fills)
      : periods_(periods), changed_(changed), fills_(fills) {}

  Result<void> merge(JsonWriter& out, const ValueTemplate& made_by, const Node& holder, const group::Series& series) {
    Child existing = find_choice(holder, "value");
    std::string_view found = existing.node ? existing.name.substr(5) : std::string_view();
    bool filled = fills_ && found.empty() && document::member(holder, kAbsent) != nullptr;
    if (filled) return write_value(out, made_by, series, periods_.merged);
    if (found != kind_name(made_by.kind)) return other_kind(made_by, found);
    if (made_by.kind == ValueKind::SampledData) return merge_stream(out, made_by, *existing.node, series);
    return write_value(out, made_by, series, periods_.merged);
  }

 private:
  // The stored stream with new data; nothing else of it is read or touched.
  Result<void> merge_stream(
      JsonWriter& out, const ValueTemplate& made_by, const Node& existing, const group::Series& series
  ) {
    AORTA_TRY(data, merge_data(made_by, existing, series, periods_));
    changed_ = changed_ || data != string_of(document::member(existing, "data"));
    out.begin_object("valueSampledData");
    for (Child member : Children(existing)) {
      if (member.name != "data") out.copy(member.name, *member.node);
    }
    out.text("data", data);
    out.end_object();
    return {};
  }

  const Periods& periods_;
  bool& changed_;
  bool fills_;
};

// A component of the result: a stored one, or JSON text that was written in its place or anew.
class Component {
 public:
  explicit Component(const Node& stored) : node_(&stored) {}
  explicit Component(std::string json) { replace(std::move(json)); }

  void replace(std::string json) {
    json_ = std::move(json);
    written_ = true;
    node_ = nullptr;
  }
  // Read again only where a second template component meets the first one's result.
  const Node& node() {
    if (!node_) {
      read_ = std::make_unique<Document>();
      static_cast<void>(read_->read_value(json_, document::kPlainJson));
      node_ = &read_->root();
    }
    return *node_;
  }
  void write(JsonWriter& out) {
    if (written_) {
      out.raw({}, json_);
    } else {
      out.copy({}, *node_);
    }
  }

 private:
  const Node* node_ = nullptr;
  bool written_ = false;
  std::string json_;
  std::unique_ptr<Document> read_;
};

bool has_coding(const Node& codings, std::string_view system, std::string_view code) {
  for (Child coding : Children(codings)) {
    const Node* in = document::member(*coding.node, "system");
    const Node* name = document::member(*coding.node, "code");
    if (in && name && string_of(in) == system && string_of(name) == code) return true;
  }
  return false;
}

bool has_coding(const Node& codings, const Code& code) {
  return has_coding(codings, code.system.value_or(std::string()), code.code.value_or(std::string()));
}

bool has_own_coding(const Node& code, std::string_view value_name) {
  const Node* codings = document::member(code, "coding");
  return codings && has_coding(*codings, kConnectorSystem, value_name);
}

class Merger {
  static constexpr std::size_t kUsualRest = 2048;  // bytes of an Observation beside its value

 public:
  Merger(const ObservationTemplate& made_by, const group::ObservationGroup& group) : made_by_(made_by), group_(group) {}

  Result<MergedObservation> merge(std::string_view existing, Amend amend) {
    if (existing_.read_value(existing, document::kPlainJson).has_error() || existing_.root().kind != Kind::Object) {
      return Error("existing-not-readable", "the stored Observation is no JSON object");
    }
    AORTA_TRY(period, existing_period(existing_.root()));
    periods_ = {period, unite(period)};
    AORTA_CHECK(merge_top_value());
    AORTA_CHECK(merge_components());
    if (changed_) {
      AORTA_TRY(merged, write(amend == Amend::WhenChanged));
      return MergedObservation{std::move(merged), true};
    }
    AORTA_TRY(json, write(false));
    // Alike, if perhaps in another spelling: then the stored one stays.
    if (!differs(json)) return MergedObservation{amend == Amend::No ? std::move(json) : std::string(existing), false};
    if (amend == Amend::No) return MergedObservation{std::move(json), true};
    AORTA_TRY(amended, write(true));
    return MergedObservation{std::move(amended), true};
  }

 private:
  group::Boundary unite(const group::Boundary& existing) const {
    DateTime start = std::min(existing.start, group_.boundary.start);
    DateTime end = std::max(existing.end, group_.boundary.end);
    return {{start.ticks, DateTime::Zone::Utc}, {end.ticks, DateTime::Zone::Utc}};
  }

  Result<void> merge_top_value() {
    const group::Series* series = series_for_value(made_by_.value, group_);
    if (!series) return {};
    JsonWriter out(value_);
    out.begin_object();
    AORTA_CHECK(values_.merge(out, *made_by_.value, existing_.root(), *series));
    out.end_object();
    return {};
  }

  Result<void> merge_components() {
    if (!made_by_.components) return {};
    if (const Node* stored = document::member(existing_.root(), "component")) {
      for (Child child : Children(*stored)) components_.emplace_back(*child.node);
    }
    for (const std::optional<ComponentTemplate>& component : *made_by_.components) {
      AORTA_TRY(series, series_for_component(component, group_));
      if (series) AORTA_CHECK(merge_component(*component, *series));
      if (!series && component->is_demanded) AORTA_CHECK(add_absent(*component));
    }
    return {};
  }

  Result<void> add_absent(const ComponentTemplate& made_by) {
    for (Component& component : components_) {
      const Node* code = document::member(component.node(), "code");
      if (code && has_own_coding(*code, *made_by.value->name)) return {};
    }
    std::string json;
    JsonWriter out(json);
    AORTA_CHECK(write_absent_component(out, made_by));
    components_.emplace_back(std::move(json));
    components_changed_ = true;
    return {};
  }

  Result<void> merge_component(const ComponentTemplate& made_by, const group::Series& series) {
    for (Component& component : components_) {
      const Node* code = document::member(component.node(), "code");
      if (!code)
        return Error(
            "existing-component-without-code",
            "a component of the stored Observation has no code, so that none can be found by it"
        );
      if (has_own_coding(*code, series.name)) return merge_into(component, *made_by.value, series);
    }
    std::string json;
    JsonWriter out(json);
    AORTA_CHECK(write_component(out, made_by, series, periods_.existing));
    components_.emplace_back(std::move(json));
    components_changed_ = true;
    return {};
  }

  Result<void> merge_into(Component& component, const ValueTemplate& made_by, const group::Series& series) {
    std::string json;
    JsonWriter out(json);
    out.begin_object();
    for (Child member : Children(component.node())) {
      bool filled = conforms() && member.name == kAbsent;
      if (!filled && !is_choice(member.name, "value")) out.copy(member.name, *member.node);
    }
    AORTA_CHECK(values_.merge(out, made_by, component.node(), series));
    out.end_object();
    component.replace(std::move(json));
    components_changed_ = true;
    return {};
  }

  Result<std::string> write(bool amended) {
    std::string json;
    json.reserve(value_.size() + kUsualRest);
    JsonWriter out(json);
    out.begin_object();
    bool status = false;
    for (Child member : Children(existing_.root())) {
      if (amended && member.name == "status") {
        out.text("status", "amended");
        status = true;
      } else if (conforms() && member.name == "code") {
        write_completed_code(out, *member.node);
      } else if (!is_replaced(member.name)) {
        out.copy(member.name, *member.node);
      }
    }
    if (amended && !status) out.text("status", "amended");
    AORTA_CHECK(write_category(out, made_by_.category));
    write_effective(out, made_by_, periods_.merged);
    out.members(value_);
    write_components(out);
    out.end_object();
    return json;
  }

  bool is_replaced(std::string_view name) const {
    return name == "category" || is_choice(name, "effective") || name == "_effectiveDateTime" ||
           (!value_.empty() && is_choice(name, "value")) || (components_changed_ && name == "component") ||
           (conforms() && name == kAbsent && (!value_.empty() || !components_.empty()));
  }

  bool conforms() const { return made_by_.profile != Profile::None; }

  // What is stored, with those codes of the template that it lacks.
  void write_completed_code(JsonWriter& out, const Node& stored) {
    out.begin_object("code");
    out.begin_list("coding");
    const Node* codings = document::member(stored, "coding");
    if (codings) {
      for (Child coding : Children(*codings)) out.copy({}, *coding.node);
    }
    for (const std::optional<Code>& code : made_by_.codes) {
      if (code && !(codings && has_coding(*codings, *code))) write_coding(out, *code);
    }
    out.end_list();
    for (Child member : Children(stored)) {
      if (member.name != "coding") out.copy(member.name, *member.node);
    }
    out.end_object();
  }

  void write_components(JsonWriter& out) {
    if (!components_changed_) return;
    out.begin_list("component");
    for (Component& component : components_) component.write(out);
    out.end_list();
  }

  bool differs(const std::string& json) {
    Document merged;
    return merged.read_value(json, document::kPlainJson).has_error() || !same_content(existing_.root(), merged.root());
  }

  const ObservationTemplate& made_by_;
  const group::ObservationGroup& group_;
  Document existing_;
  Periods periods_;
  bool changed_ = false;  // surely; otherwise both are compared
  ValueMerger values_{periods_, changed_, conforms()};
  std::string value_;  // {"value<Kind>": …}, empty where the group has none
  std::vector<Component> components_;
  bool components_changed_ = false;
};

}  // namespace

Result<MergedObservation> merge_observation(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, std::string_view existing, Amend amend
) {
  return Merger(made_by, group).merge(existing, amend);
}

bool has_exact_identifier(std::string_view resource_json, const Identifier& identifier) {
  Document resource;
  if (resource.read_value(resource_json, document::kPlainJson).has_error()) return false;
  const Node* list = document::member(resource.root(), "identifier");
  if (!list) return false;
  for (Child child : Children(*list)) {
    const Node& node = *child.node;
    const Node* system = document::member(node, "system");
    const Node* value = document::member(node, "value");
    if (system && value && node.count == 2 && string_of(system) == identifier.system &&
        trim(string_of(value)) == trim(identifier.value))
      return true;
  }
  return false;
}

}  // namespace aorta::fhir
