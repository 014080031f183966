#include "core/base/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace aorta {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kDurations{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::uint64_t kKibi = 1024;
constexpr std::array<Unit, 5> kBinarySizes{
    {{"TiB", kKibi* kKibi* kKibi* kKibi},
     {"GiB", kKibi* kKibi* kKibi},
     {"MiB", kKibi* kKibi},
     {"KiB", kKibi},
     {"B", 1}}};
constexpr std::array<Unit, 5> kDecimalSizes{
    {{"TB", 1'000'000'000'000}, {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1000}, {"KB", 1000}}};

std::optional<std::uint64_t> factor_of(std::string_view name, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

struct Quantity {
  std::uint64_t number = 0;
  std::string_view unit;
};

std::optional<Quantity> split(std::string_view text) {
  Quantity found;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), found.number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  found.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return found;
}

std::optional<std::uint64_t> product(std::uint64_t number, std::optional<std::uint64_t> factor) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!factor || number > kMost / *factor) return std::nullopt;
  return number * *factor;
}

std::string with_largest_unit(std::uint64_t number, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (number % unit.factor == 0 && number >= unit.factor)
      return std::to_string(number / unit.factor) + std::string(unit.name);
  }
  return "0" + std::string(units.back().name);
}

std::string quoted(std::string_view text) { return "\"" + std::string(text.substr(0, 40)) + "\""; }

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::optional<Quantity> parts = split(text);
  std::optional<std::uint64_t> ms = parts ? product(parts->number, factor_of(parts->unit, kDurations)) : std::nullopt;
  if (!ms)
    return Error(
        "not-a-duration",
        quoted(text) + " is no duration; write a whole number with ms, s, m, h or d, such as 5s or 30d"
    );
  return std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  std::optional<Quantity> parts = split(text);
  std::optional<std::uint64_t> factor;
  if (parts) factor = factor_of(parts->unit, kBinarySizes);
  if (parts && !factor) factor = factor_of(parts->unit, kDecimalSizes);
  if (parts && parts->unit.empty()) factor = 1;
  std::optional<std::uint64_t> bytes = parts ? product(parts->number, factor) : std::nullopt;
  if (!bytes)
    return Error(
        "not-a-size",
        quoted(text) + " is no size; write a whole number of bytes, or with KiB, MiB or GiB, such as 64MiB"
    );
  return *bytes;
}

std::string duration_text(std::chrono::milliseconds duration) {
  if (duration.count() < 0) return "-" + duration_text(-duration);
  return with_largest_unit(static_cast<std::uint64_t>(duration.count()), kDurations);
}

std::string bytes_text(std::uint64_t bytes) { return with_largest_unit(bytes, kBinarySizes); }

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace aorta
