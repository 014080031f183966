#include <cstring>

#include "core/base/unicode.hpp"
#include "core/group/member.hpp"

namespace aorta::group {
namespace {

std::string_view optional_view(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

bool is_ascii(const char* from, const char* to) {
  std::uint64_t bits = 0;
  for (; to - from >= 8; from += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, from, sizeof eight);
    bits |= eight;
  }
  for (; from != to; ++from) bits |= static_cast<unsigned char>(*from) & 0x80U;
  return (bits & 0x8080808080808080U) == 0;
}

char* move_to(char* out, std::string_view& text) {
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  text = {out, text.size()};
  return out + text.size();
}
char* move_optional_to(char* out, std::string_view& text) { return text.data() == nullptr ? out : move_to(out, text); }

std::size_t size_of(const mapping::MeasurementView& m) {
  std::size_t size = m.type.size() + m.device.size() + m.patient.size() + m.encounter.size() + m.correlation.size();
  for (const mapping::ValueView& value : m.values) size += value.name.size() + value.text.size();
  return size;
}

void repair(std::string_view& text, Arena& memory) {
  if (text.data() != nullptr) text = valid_utf8(text, Surrogates::Allow, memory);
}

}  // namespace

void MemberBuffer::add(
    const mapping::MeasurementView& measurement, std::optional<DateTime> ingested, std::uint64_t record
) {
  Member& member = members_.emplace_back(Member{measurement, ingested, record});
  std::span<mapping::ValueView> values = texts_.make_array<mapping::ValueView>(measurement.values.size());
  std::copy(measurement.values.begin(), measurement.values.end(), values.begin());
  member.values = values;

  char* const start = static_cast<char*>(texts_.allocate(size_of(measurement) + 1, 1));
  char* end = move_to(move_to(start, member.type), member.device);
  for (std::string_view* text : {&member.patient, &member.encounter, &member.correlation})
    end = move_optional_to(end, *text);
  for (mapping::ValueView& value : values) end = move_optional_to(move_to(end, value.name), value.text);
  if (is_ascii(start, end)) return;
  for (std::string_view* text : {&member.type, &member.device, &member.patient, &member.encounter, &member.correlation})
    repair(*text, texts_);
  for (mapping::ValueView& value : values) {
    repair(value.name, texts_);
    repair(value.text, texts_);
  }
}

void MemberBuffer::add(const mapping::Measurement& measurement) {
  values_.clear();
  for (const mapping::Value& value : measurement.values) values_.push_back({value.name, optional_view(value.text)});
  mapping::MeasurementView view;
  view.type = measurement.type;
  view.occurred = measurement.occurred;
  view.device = measurement.device;
  view.patient = optional_view(measurement.patient);
  view.encounter = optional_view(measurement.encounter);
  view.correlation = optional_view(measurement.correlation);
  view.values = values_;
  add(view, measurement.ingested, measurement.record);
}

void MemberBuffer::clear() {
  members_.clear();
  texts_.reset();
}

}  // namespace aorta::group
