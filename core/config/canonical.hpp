// Members of a canonical configuration: the JSON that Schema::canonical() gives, whose members the schema vouches for.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aorta::config {

namespace json = boost::json;

// Empty where the member is left out.
inline std::string text_of(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

inline std::vector<std::string> texts_of(const json::object& from, std::string_view key) {
  std::vector<std::string> out;
  const json::value* found = from.if_contains(key);
  for (std::size_t i = 0; found && i < found->get_array().size(); ++i)
    out.emplace_back(found->get_array()[i].get_string());
  return out;
}

// Those that have a default are always there.
inline std::uint64_t number_of(const json::object& from, std::string_view key) {
  return from.at(key).to_number<std::uint64_t>();
}

inline std::chrono::milliseconds duration_of(const json::object& from, std::string_view key) {
  return std::chrono::milliseconds(from.at(key).to_number<std::int64_t>());
}

}  // namespace aorta::config
