#include "core/fhir/observation.hpp"

#include <array>

#include "core/base/time.hpp"
#include "core/document/text_writer.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/observation_form.hpp"
#include "core/fhir/observation_parts.hpp"
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
      const NewObservation* as
  )
      : out_(out, 0), made_by_(made_by), group_(group), as_(as) {}

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
    if (as_) put_reference(R"(,"device":{"reference":"Device/)", as_->device);
    without = out_.size();
    AORTA_CHECK(put_components());
    has_data = has_data || out_.size() != without;
    if (made_by_.profile != Profile::None && !has_data) AORTA_CHECK(put_data_absent());
    out_.put('}');
    return out_.take_text();
  }

 private:
  void put_identity() {
    out_.put(R"(,"id":")");
    out_.put(as_->id);
    out_.put(R"(","identifier":[{"system":")");
    out_.put(kConnectorSystem);
    out_.put_string(R"(","value":)", as_->identifier);
    out_.put("}]");
  }

  Result<void> put_head() {
    if (made_by_.form && !made_by_.form->head().empty() && group_.name == made_by_.type_name) {
      out_.put(',');
      out_.put(made_by_.form->head());
      return {};
    }
    return put_members([this](JsonWriter& out) -> Result<void> {
      out.text("status", "final");
      AORTA_CHECK(write_category(out, made_by_.category));
      return write_code(out, "code", made_by_.codes, group_.name);
    });
  }

  void put_subject() {
    put_reference(R"(,"subject":{"reference":"Patient/)", as_->patient);
    if (!as_->encounter.empty()) put_reference(R"(,"encounter":{"reference":"Encounter/)", as_->encounter);
  }

  [[gnu::always_inline]] void put_reference(std::string_view before, std::string_view id) {
    out_.put(before);
    out_.put_string_part(id);
    out_.put(R"("})");
  }

  void put_effective() {
    const group::Boundary& period = group_.boundary;
    if (is_one_moment(made_by_, period)) return put_moment(period.start);
    TimeText start(period.start);
    out_.put(R"(,"effectivePeriod":{"start":")");
    out_.put(start.text());
    out_.put(R"(","end":")");
    bool one_time = period.start == period.end && period.start.zone == period.end.zone;
    out_.put(one_time ? start.text() : TimeText(period.end).text());
    out_.put("\"}");
  }

  // A dateTime with a time has to have a zone.
  void put_moment(DateTime time) {
    out_.put(R"(,"effectiveDateTime":")");
    out_.put(TimeText({time.ticks, DateTime::Zone::Utc}).text());
    out_.put('"');
  }

  Result<void> put_data_absent() {
    return put_members([](JsonWriter& out) -> Result<void> {
      write_data_absent(out);
      return {};
    });
  }

  void put_issued() {
    out_.put(R"(,"issued":")");
    out_.put(as_->issued);
    out_.put('"');
  }

  Result<void> put_value() {
    const group::Series* series = series_for_value(made_by_.value, group_);
    if (!series) return {};
    if (made_by_.form && !made_by_.form->value().empty()) return put_framed(',', made_by_.form->value(), *series);
    return put_members([&](JsonWriter& out) { return write_value(out, *made_by_.value, *series, group_.boundary); });
  }

  Result<void> put_framed(char before, const ObservationForm::Frame& frame, const group::Series& series) {
    std::string digits;
    AORTA_TRY(number, quantity_digits(series, digits));
    out_.put(before);
    out_.put(frame.before);
    out_.put(number);
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
      char before_it = out_.size() == bracket ? '[' : ',';
      AORTA_CHECK(series ? put_component(before_it, i, *series) : put_absent_component(before_it, *component));
    }
    if (out_.size() == bracket) {
      out_.rewind(before);
    } else {
      out_.put(']');
    }
    return {};
  }

  Result<void> put_component(char before, std::size_t i, const group::Series& series) {
    const ObservationForm::Frame* frame = made_by_.form ? &made_by_.form->component(i) : nullptr;
    if (frame && !frame->empty()) return put_framed(before, *frame, series);
    std::string json;
    JsonWriter writer(json);
    AORTA_CHECK(write_component(writer, *(*made_by_.components)[i], series, group_.boundary));
    out_.put(before);
    out_.put(json);
    return {};
  }

  Result<void> put_absent_component(char before, const ComponentTemplate& component) {
    std::string json;
    JsonWriter writer(json);
    AORTA_CHECK(write_absent_component(writer, component));
    out_.put(before);
    out_.put(json);
    return {};
  }

  // Members that are written one by one; perhaps none.
  template <class Write>
  Result<void> put_members(Write write) {
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
};

}  // namespace

Result<std::string_view> write_observation(
    std::string& room, const ObservationTemplate& made_by, const group::ObservationGroup& group,
    const NewObservation* as
) {
  return ObservationText(room, made_by, group, as).write();
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
