#include <cstring>
#include <memory>

#include "core/base/put_text.hpp"
#include "core/base/same_bytes.hpp"
#include "core/base/unicode.hpp"
#include "core/group/member.hpp"
#include "core/group/value_texts.hpp"

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

[[gnu::always_inline]] inline char* move_to(char* out, std::string_view& text) {
  char* end = put_text(out, text);
  text = {out, text.size()};
  return end;
}
[[gnu::always_inline]] inline char* move_optional_to(char* out, std::string_view& text) {
  return text.data() == nullptr ? out : move_to(out, text);
}

std::size_t size_of_names(const Member& m) {
  std::size_t size = 4;  // between them
  for (std::string_view name : names_of(m)) size += name.size();
  return size;
}

// A joined text, so that ("a-b", "c") and ("a", "b-c") share a key: the reference's rule, kept because it decides what
// is merged.
char* join_names(char* const start, Member& member) {
  char* end = move_to(start, member.device);
  *end++ = '-';
  end = move_to(end, member.type);
  for (std::string_view* name : {&member.patient, &member.encounter, &member.correlation}) {
    *end++ = '-';
    end = move_optional_to(end, *name);
  }
  member.key = {start, static_cast<std::size_t>(end - start)};
  return end;
}

[[gnu::always_inline]] inline bool same_name(std::string_view a, std::string_view b) {
  return (a.data() == nullptr) == (b.data() == nullptr) && same_text(a, b);
}

// The measurements of a message mostly have the same names: then they lie in memory once.
bool takes_names_of(const Member& before, Member& member) {
  bool same = same_name(before.device, member.device) && same_name(before.type, member.type) &&
              same_name(before.patient, member.patient) && same_name(before.encounter, member.encounter) &&
              same_name(before.correlation, member.correlation);
  if (!same) return false;
  member.device = before.device;
  member.type = before.type;
  member.patient = before.patient;
  member.encounter = before.encounter;
  member.correlation = before.correlation;
  member.key = before.key;
  return true;
}

void repair(std::string_view& text, Arena& memory) {
  if (text.data() != nullptr) text = valid_utf8(text, Surrogates::Allow, memory);
}

void repair(Member& member, std::span<mapping::ValueView> values, Arena& memory) {
  for (std::string_view* name : names_of(member)) repair(*name, memory);
  join_names(static_cast<char*>(memory.allocate(size_of_names(member), 1)), member);
  for (mapping::ValueView& value : values) {
    repair(value.name, memory);
    repair(value.text, memory);
  }
  member.texts = {};
}

}  // namespace

void MemberBuffer::add(
    const mapping::MeasurementView& measurement, std::optional<DateTime> ingested, std::uint64_t record
) {
  Member& member = members_.emplace_back(Member{measurement, ingested, record});
  bool named = members_.size() > 1 && takes_names_of(*(&member - 1), member);
  std::size_t size = (named ? 0 : size_of_names(member)) + texts_size(measurement.values);
  char* const start = static_cast<char*>(texts_.allocate(size, 1));
  char* const texts = named ? start : join_names(start, member);

  void* room = texts_.allocate(measurement.values.size_bytes(), alignof(mapping::ValueView));
  auto* const values = static_cast<mapping::ValueView*>(room);
  auto* value = values;
  char* end = texts;
  for (const mapping::ValueView& given : measurement.values) {
    new (value) mapping::ValueView(given);
    end = move_optional_to(move_to(end, value->name), value->text);
    ++value;
  }
  member.values = {values, value};
  member.texts = {texts, static_cast<std::size_t>(end - texts)};
  if (!is_ascii(start, end)) repair(member, {values, value}, texts_);
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
