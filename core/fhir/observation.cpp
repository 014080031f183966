#include "core/fhir/observation.hpp"

#include <array>
#include <cstring>
#include <initializer_list>

#include "core/base/time.hpp"
#include "core/document/text_writer.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/observation_form.hpp"
#include "core/fhir/observation_parts.hpp"
#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {
namespace {

constexpr std::size_t kUsualSize = 2048;  // bytes; of memory to begin with

// Pieces of text in one. Memory is asked for where they are longer than usual.
class Joined {
 public:
  explicit Joined(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (std::string_view piece : pieces) size += piece.size();
    if (size > short_.size()) long_.resize(size);
    char* const start = long_.empty() ? short_.data() : long_.data();
    char* to = start;
    for (std::string_view piece : pieces) {
      if (!piece.empty()) std::memcpy(to, piece.data(), piece.size());
      to += piece.size();
    }
    text_ = {start, size};
  }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  std::string_view text() const { return text_; }

 private:
  std::array<char, 384> short_;
  std::string long_;
  std::string_view text_;
};

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
      const ObservationLinks* links
  )
      : out_(out), made_by_(made_by), group_(group), links_(links) {}

  Result<void> write() {
    out_.put(R"({"resourceType":"Observation")");
    if (links_) put_identity();
    AORTA_CHECK(put_head());
    if (links_) put_subject();
    put_period();
    if (links_) put_issued();
    AORTA_CHECK(put_value());
    if (links_) put_reference(R"(,"device":{"reference":)", "Device/", links_->device);
    AORTA_CHECK(put_components());
    out_.put('}');
    return {};
  }

 private:
  // The identifier's value is observation_identifier_value().
  void put_identity() {
    Joined value({links_->patient, ".", links_->device, ".", group_.name, ".", group_.id_segment});
    Sha256::Hex id = connector_id(value.text());
    out_.put(R"(,"id":")");
    out_.put({id.data(), id.size()});
    out_.put(R"(","identifier":[{"system":")");
    out_.put(kConnectorSystem);
    out_.put(R"(","value":)");
    out_.put_string(value.text());
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
    put_reference(R"(,"subject":{"reference":)", "Patient/", links_->patient);
    if (!links_->encounter.empty()) put_reference(R"(,"encounter":{"reference":)", "Encounter/", links_->encounter);
  }

  void put_reference(std::string_view before, std::string_view type, std::string_view id) {
    out_.put(before);
    out_.put_string(Joined({type, id}).text());
    out_.put('}');
  }

  void put_period() {
    const group::Boundary& period = group_.boundary;
    TimeText start(period.start);
    out_.put(R"(,"effectivePeriod":{"start":")");
    out_.put(start.text());
    out_.put(R"(","end":")");
    bool one_time = period.start == period.end && period.start.zone == period.end.zone;
    out_.put(one_time ? start.text() : TimeText(period.end).text());
    out_.put("\"}");
  }

  void put_issued() {
    out_.put(R"(,"issued":")");
    out_.put(TimeText(utc_now()).text());
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
      if (series) AORTA_CHECK(put_component(out_.size() == bracket ? '[' : ',', i, *series));
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
  const ObservationLinks* links_;
};

}  // namespace

Result<void> append_observation(
    std::string& out, const ObservationTemplate& made_by, const group::ObservationGroup& group,
    const ObservationLinks* links
) {
  std::size_t before = out.size();
  Result<void> written = ObservationText(out, made_by, group, links).write();
  if (written.has_error()) out.resize(before);
  return written;
}

Result<std::string> create_observation(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks* links
) {
  std::string json;
  json.reserve(kUsualSize);
  AORTA_CHECK(append_observation(json, made_by, group, links));
  return json;
}

}  // namespace aorta::fhir
