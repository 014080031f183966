#include "core/fhir/period_interval.hpp"

#include <string_view>

#include "core/base/blank.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/whole_number.hpp"

namespace aorta::fhir {

using document::Kind;
using document::Node;

namespace {

struct Name {
  std::string_view text;
  std::int32_t value;
};
constexpr Name kNames[] = {{"Single", 0}, {"Hourly", 60}, {"Daily", 1440}, {"CorrelationId", -1}};

std::optional<std::int32_t> named(std::string_view text) {
  for (const Name& name : kNames) {
    if (equals_ignoring_case(text, name.text)) return name.value;
  }
  return std::nullopt;
}

// Decimal digits with at most one sign, 32 bits.
std::optional<std::int32_t> numbered(std::string_view text) {
  if (text.starts_with('+') && !text.substr(1).starts_with('-')) text.remove_prefix(1);
  return whole_number<std::int32_t>(text);
}

// One number, or names joined by commas, whose bits are joined.
std::optional<std::int64_t> from_text(std::string_view text) {
  text = trim(text);
  if (std::optional<std::int32_t> number = numbered(text)) return *number;
  std::int32_t out = 0;
  for (;;) {
    std::size_t comma = text.find(',');
    std::optional<std::int32_t> value = named(trim(text.substr(0, comma)));
    if (!value) return std::nullopt;
    out |= *value;
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<std::int64_t> period_interval(const Node& scalar) {
  switch (scalar.kind) {
    case Kind::Integer:
      return static_cast<std::int32_t>(static_cast<std::uint32_t>(scalar.integer)
      );  // the low 32 bits, as the reference keeps them
    case Kind::Boolean:
      return scalar.boolean ? 1 : 0;
    case Kind::String:
      return from_text(scalar.text());
    default:
      return std::nullopt;
  }
}

}  // namespace aorta::fhir
