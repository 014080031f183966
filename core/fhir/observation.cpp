#include "core/fhir/observation.hpp"

#include <array>

#include "core/base/time.hpp"
#include "core/document/text_writer.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/observation_form.hpp"
#include "core/fhir/observation_parts.hpp"
#include "core/fhir/observation_spots.hpp"
#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {
namespace {

constexpr std::size_t kUsualSize = 2048;  // bytes; of memory to begin with

class TimeText {
 public:
  explicit TimeText(DateTime time) : end_(write_round_trip_text(time, text_.data())) {}
  std::string_view text() const { return {text_.data(), static_cast<std::size_t>(end_ - text_.data())}; }

 private:
  std::array<char, kMaxIsoText> text_;
  char* end_;
};

// Writes the members one after the other: all but the first stand behind a comma.
class ObservationText {
 public:
  ObservationText(
      std::string& out, const ObservationTemplate& made_by, const group::ObservationGroup& group,
      const NewObservation* as, ObservationSpots& spots
  )
      : out_(out, 0), made_by_(made_by), group_(group), as_(as), spots_(spots) {
    spots_.encounter = {};
    spots_.numbers.clear();
    spots_.complete = true;
  }

  Result<std::string_view> write() {
    out_.put(R"({"resourceType":"Observation")");
    if (as_) put_identity();
    AORTA_CHECK(put_head());
    if (as_) put_subject();
    put_effective();
    if (as_) put_issued();
    std::size_t without = out_.size();
    AORTA_CHECK(put_value());
    bool has_data = out_.size() != without;
    if (as_) put_reference(R"(,"device":{"reference":"Device/)", as_->device, spots_.device);
    without = out_.size();
    AORTA_CHECK(put_components());
    has_data = has_data || out_.size() != without;
    if (made_by_.profile != Profile::None && !has_data) AORTA_CHECK(put_data_absent());
    out_.put('}');
    return out_.take_text();
  }

 private:
  void put_identity() {
    out_.put_each(R"(,"id":")", as_->id);
    note(spots_.id, as_->id);
    out_.put_each(R"(","identifier":[{"system":")", kConnectorSystem, R"(","value":")");
    put_name(spots_.identifier, as_->identifier);
    out_.put(R"("}])");
  }

  Result<void> put_head() {
    if (made_by_.form && !made_by_.form->head().empty() && group_.name == made_by_.type_name) {
      out_.put_each(",", made_by_.form->head());
      return {};
    }
    return put_members([this](JsonWriter& out) -> Result<void> {
      out.text("status", "final");
      AORTA_CHECK(write_category(out, made_by_.category));
      return write_code(out, "code", made_by_.codes, group_.name);
    });
  }

  void put_subject() {
    put_reference(R"(,"subject":{"reference":"Patient/)", as_->patient, spots_.patient);
    if (as_->encounter.empty()) return;
    put_reference(R"(,"encounter":{"reference":"Encounter/)", as_->encounter, spots_.encounter);
  }

  [[gnu::always_inline]] void put_reference(
      std::string_view before, std::string_view id, ObservationSpots::Spot& spot
  ) {
    out_.put(before);
    put_name(spot, id);
    out_.put(R"("})");
  }

  [[gnu::always_inline]] void put_name(ObservationSpots::Spot& spot, std::string_view text) {
    std::size_t before = out_.size();
    out_.put_string_part(text);
    note(spot, text);
    if (spot.begin != before) spots_.complete = false;  // some of it is escaped
  }

  // It was put last.
  void note(ObservationSpots::Spot& spot, std::string_view text) {
    spot.begin = out_.size() - text.size();
    spot.size = text.size();
  }

  void put_effective() {
    const group::Boundary& period = group_.boundary;
    if (is_one_moment(made_by_, period)) return put_moment(period.start);
    TimeText start(period.start);
    if (period.start == period.end && period.start.zone == period.end.zone)
      return put_period(start.text(), start.text());
    put_period(start.text(), TimeText(period.end).text());
  }

  void put_period(std::string_view start, std::string_view end) {
    out_.put_each(R"(,"effectivePeriod":{"start":")", start);
    note(spots_.start, start);
    out_.put_each(R"(","end":")", end);
    note(spots_.end, end);
    out_.put(R"("})");
  }

  // A dateTime with a time has to have a zone.
  void put_moment(DateTime time) {
    spots_.complete = false;
    out_.put_each(R"(,"effectiveDateTime":")", TimeText({time.ticks, DateTime::Zone::Utc}).text(), "\"");
  }

  Result<void> put_data_absent() {
    return put_members([](JsonWriter& out) -> Result<void> {
      write_data_absent(out);
      return {};
    });
  }

  void put_issued() {
    out_.put_each(R"(,"issued":")", as_->issued);
    note(spots_.issued, as_->issued);
    out_.put('"');
  }

  Result<void> put_value() {
    const group::Series* series = series_for_value(made_by_.value, group_);
    if (!series) return {};
    if (made_by_.form && !made_by_.form->value().empty()) {
      return put_framed(",", made_by_.form->value(), *series, ObservationSpots::kValue);
    }
    return put_members([&](JsonWriter& out) { return write_value(out, *made_by_.value, *series, group_.boundary); });
  }

  // `whose`: as ObservationSpots::Number::component.
  Result<void> put_framed(
      std::string_view before, const ObservationForm::Frame& frame, const group::Series& series, std::size_t whose
  ) {
    std::string digits;
    AORTA_TRY(number, quantity_digits(series, digits));
    out_.put_each(before, frame.before, number);
    note(spots_.numbers.emplace_back(ObservationSpots::Number{{}, whose}), number);
    out_.put(frame.behind);
    return {};
  }

  Result<void> put_components() {
    if (!made_by_.components) return {};
    std::size_t before = out_.size();
    out_.put(R"(,"component":)");
    std::size_t bracket = out_.size();
    for (std::size_t i = 0; i < made_by_.components->size(); ++i) {
      const std::optional<ComponentTemplate>& component = (*made_by_.components)[i];
      AORTA_TRY(series, series_for_component(component, group_));
      if (!series && !component->is_demanded) continue;
      std::string_view before_it = out_.size() == bracket ? "[" : ",";
      AORTA_CHECK(series ? put_component(before_it, i, *series) : put_absent_component(before_it, *component));
    }
    if (out_.size() == bracket) {
      out_.rewind(before);
    } else {
      out_.put(']');
    }
    return {};
  }

  Result<void> put_component(std::string_view before, std::size_t i, const group::Series& series) {
    const ObservationForm::Frame* frame = made_by_.form ? &made_by_.form->component(i) : nullptr;
    if (frame && !frame->empty()) return put_framed(before, *frame, series, i);
    spots_.complete = false;
    std::string json;
    JsonWriter writer(json);
    AORTA_CHECK(write_component(writer, *(*made_by_.components)[i], series, group_.boundary));
    out_.put_each(before, json);
    return {};
  }

  Result<void> put_absent_component(std::string_view before, const ComponentTemplate& component) {
    spots_.complete = false;
    std::string json;
    JsonWriter writer(json);
    AORTA_CHECK(write_absent_component(writer, component));
    out_.put_each(before, json);
    return {};
  }

  // Members that are written one by one; perhaps none.
  template <class Write>
  Result<void> put_members(Write write) {
    spots_.complete = false;
    std::string json;
    JsonWriter writer(json);
    writer.begin_object();
    AORTA_CHECK(write(writer));
    writer.end_object();
    if (json.size() <= 2) return {};
    out_.put(',');
    out_.put({json.data() + 1, json.size() - 2});
    return {};
  }

  document::TextWriter out_;
  const ObservationTemplate& made_by_;
  const group::ObservationGroup& group_;
  const NewObservation* as_;
  ObservationSpots& spots_;
};

}  // namespace

Result<std::string_view> write_observation(
    std::string& room, const ObservationTemplate& made_by, const group::ObservationGroup& group,
    const NewObservation* as, ObservationSpots* spots
) {
  ObservationSpots unasked;
  return ObservationText(room, made_by, group, as, spots ? *spots : unasked).write();
}

Result<std::string> create_observation(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation* as
) {
  std::string json(kUsualSize, '\0');
  AORTA_TRY(text, write_observation(json, made_by, group, as));
  json.resize(text.size());
  return json;
}

}  // namespace aorta::fhir
