// Equality and order of scalars as Newtonsoft.Json's JValue has them (device-mapping spec 8.1, the two tables); both
// languages use them.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/document/node.hpp"

namespace aorta::expr {

// Neither container nor property: what the reference calls a JValue.
bool is_scalar(const document::Node& node);

// Same type and same value: floats with a tolerance, NaN equal to NaN, dates by their digits whatever the zone, texts
// ordinally. Integer and Float are different types here. Both must be scalars.
bool equal_values(const document::Node& a, const document::Node& b);
// The same for tokens of any kind: arrays by their elements in order, objects by their members in any order.
bool deep_equal(const document::Node& a, const document::Node& b);
// |a-b| < (|a|+|b|+10)·2.220446049250313e-16.
bool nearly_equal(double a, double b);

// How a scalar stands to another. Failures say why two tokens have no order.
enum class Order : std::int8_t { Less = -1, Equal = 0, Greater = 1, NotANumber = 2, NotABoolean, NotADate, NoOrder };
constexpr bool is_failure(Order order) { return order >= Order::NotANumber; }
// In the type of the left operand, a text in the right's; null lowest.
Order compare_values(const document::Node& left, const document::Node& right);

// By UTF-16 units, as .NET does: negative, 0 or positive.
int compare_ordinal(std::string_view a, std::string_view b);

}  // namespace aorta::expr
