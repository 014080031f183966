// A plugin's configuration, described once beside its struct: the manifest's JSON Schema and the reading both come from
// it.
//
//   struct Config { std::filesystem::path path; std::int64_t lines = 100; };
//   static constexpr auto schema = aorta::schema<Config>(
//       aorta::field("path", &Config::path, "File to read").required(),
//       aorta::field("lines", &Config::lines, "Lines per batch").min(1));
//
// Member types: std::string, bool, integers, double, std::chrono::milliseconds ("5s" in pipeline files), aorta::Bytes
// ("64MiB"), std::filesystem::path (relative to the pipeline file), aorta::Secret, std::vector and std::optional of
// them; structs with a schema of their own, and aorta::MappingFile of such. A member's initializer is its default.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "aorta/detail/shape.hpp"

namespace aorta {

template <class Config, class Member>
struct Field {
  std::string_view name;
  Member Config::*member;
  std::string_view help;
  bool needed = false;
  std::array<std::string_view, 8> choices{};
  std::array<std::string_view, 4> samples{};
  std::optional<double> least{}, most{};
  std::string_view reads{};

  // It has no default: leaving it out is an error.
  constexpr Field required() const {
    Field out = *this;
    out.needed = true;
    return out;
  }
  // Text: one of at most eight words.
  template <class... Words>
  constexpr Field one_of(Words... words) const {
    Field out = *this;
    out.choices = {std::string_view(words)...};
    return out;
  }
  // At most four values, as a pipeline file would spell them.
  template <class... Texts>
  constexpr Field examples(Texts... texts) const {
    Field out = *this;
    out.samples = {std::string_view(texts)...};
    return out;
  }
  // What a path leads to, for what the host does with it before and beside the plugin. It checks that files of these
  // two can be read, and begins anew when one of them changes where the pipeline watches its files: what the plugin
  // reads when it is made or started,
  constexpr Field reads_settings() const { return reading("settings"); }
  // or a FHIR mapping after which it writes Observations (observation/1): checked against the device mapping too, and
  // `aorta explain` shows what comes of it.
  constexpr Field reads_observations() const { return reading("observations"); }
  // A source's messages; "-" is standard input, which cannot be read twice: the host does not begin such a source anew.
  constexpr Field reads_messages() const { return reading("messages"); }
  // Bounds of numbers, both included; milliseconds for durations, bytes for Bytes.
  constexpr Field min(double value) const {
    Field out = *this;
    out.least = value;
    return out;
  }
  constexpr Field max(double value) const {
    Field out = *this;
    out.most = value;
    return out;
  }

 private:
  constexpr Field reading(std::string_view what) const {
    static_assert(detail::Shape<Member>::kFormat == "path", "what is read has to be a path");
    Field out = *this;
    out.reads = what;
    return out;
  }
};

template <class Config, class Member>
constexpr Field<Config, Member> field(std::string_view name, Member Config::*member, std::string_view help) {
  return {name, member, help};
}

template <class Config, class... Members>
struct Schema {
  std::tuple<Field<Config, Members>...> fields;
};

template <class Config, class... Members>
constexpr Schema<Config, Members...> schema(Field<Config, Members>... fields) {
  return {{fields...}};
}

namespace detail {

template <class Config, class Member>
std::string wrong_with(const Field<Config, Member>& field, const Json& json) {
  if (std::optional<double> number = json.as<double>()) {
    if (field.least && *number < *field.least) return "is too small";
    if (field.most && *number > *field.most) return "is too large";
  }
  bool chosen = field.choices[0].empty() ||
                std::find(field.choices.begin(), field.choices.end(), json.text) != field.choices.end();
  return chosen ? "" : "is none of its allowed values";
}

// Sets the member the field stands for. Returns what is wrong, or "".
template <class Config, class Member>
std::string read_field(const Field<Config, Member>& field, const Json& json, Config& config) {
  if (!Shape<Member>::read(json, config.*field.member)) return "must be " + std::string(Shape<Member>::kExpected);
  return wrong_with(field, json);
}

// Fills a Config. `problem(name, message)` hears everything that is wrong; `name` is empty where a member is missing.
template <class Config, class... Members, class OnProblem>
Config read_config(const Schema<Config, Members...>& schema, const Json& json, OnProblem problem) {
  Config config{};
  auto find = [&](std::string_view name) -> const Json* {
    auto at = std::find(json.names.begin(), json.names.end(), name);
    return at == json.names.end() ? nullptr : &json.items[static_cast<std::size_t>(at - json.names.begin())];
  };
  auto read = [&](const auto& field) {
    if (const Json* value = find(field.name)) {
      if (std::string wrong = read_field(field, *value, config); !wrong.empty())
        problem(field.name, "\"" + std::string(field.name) + "\" " + wrong);
    } else if (field.needed) {
      problem(std::string_view(), "\"" + std::string(field.name) + "\" is missing");
    }
  };
  std::apply([&](const auto&... fields) { (read(fields), ...); }, schema.fields);
  for (const std::string& name : json.names) {
    bool known = std::apply([&](const auto&... fields) { return ((fields.name == name) || ...); }, schema.fields);
    if (!known) problem(std::string_view(name), "\"" + name + "\" is no member of it");
  }
  return config;
}

// Its members' own defaults stand in its schema.
template <Structured T>
struct Shape<T> {
  static constexpr std::string_view kType = "object", kFormat = "", kExpected = "an object as its schema says";
  static bool read(const Json& json, T& out) {
    bool good = json.kind == Json::Kind::Object;
    out = read_config(T::schema, json, [&](std::string_view, const std::string&) { good = false; });
    return good;
  }
  static void write(std::string& out, const T&) { out += "{}"; }
};

template <class T>
struct Shape<MappingFile<T>> {
  static constexpr std::string_view kType = "string", kFormat = "mapping", kExpected = Shape<T>::kExpected;
  static bool read(const Json& json, MappingFile<T>& out) { return Shape<T>::read(json, out.content); }
};

// Has no default to be shown: what is left out begins as its members do.
template <class Member>
inline constexpr bool kNeverDefaulted = kIsOptional<Member> || std::is_same_v<Member, Secret> || Structured<Member> ||
                                        !std::is_void_v<typename ContentOf<Member>::type>;

}  // namespace detail
}  // namespace aorta
