// What a configuration member of a C++ type looks like in JSON Schema, and how it is read. One specialization per type.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/detail/json.hpp"

namespace aorta {

// A count of bytes; "64MiB" in pipeline files.
struct Bytes {
  std::uint64_t count = 0;
};
// A text that is never shown; pipeline files must take it from the environment or a file.
struct Secret {
  std::string value;
};

// The content of a mapping file that the configuration names. Pipeline files give its path, the host reads the file
// (JSON or YAML), checks it against T::schema with line and column, and hands over what it says.
template <class T>
struct MappingFile {
  T content{};
};

namespace detail {

// A struct that has a schema of its own stands for an object.
template <class T>
concept Structured = requires {
  T::schema;
};

// kType: JSON Schema's type; kFormat: x-aorta-format, empty if none; kExpected: for messages.
template <class T>
struct Shape;

template <>
struct Shape<std::string> {
  static constexpr std::string_view kType = "string", kFormat = "", kExpected = "text";
  static bool read(const Json& json, std::string& out) {
    out = json.text;
    return json.kind == Json::Kind::String;
  }
  static void write(std::string& out, const std::string& value) { append_quoted(out, value); }
};

template <>
struct Shape<bool> {
  static constexpr std::string_view kType = "boolean", kFormat = "", kExpected = "true or false";
  static bool read(const Json& json, bool& out) {
    out = json.boolean;
    return json.kind == Json::Kind::Boolean;
  }
  static void write(std::string& out, bool value) { out += value ? "true" : "false"; }
};

template <class T>
requires std::integral<T> || std::floating_point<T>
struct Shape<T> {
  static constexpr std::string_view kType = std::integral<T> ? "integer" : "number", kFormat = "";
  static constexpr std::string_view kExpected = std::integral<T> ? "an integer in range" : "a number";
  static bool read(const Json& json, T& out) {
    std::optional<T> value = json.as<T>();
    out = value.value_or(T{});
    return value.has_value();
  }
  static void write(std::string& out, T value) { append_number(out, value); }
};

template <>
struct Shape<std::filesystem::path> {
  static constexpr std::string_view kType = "string", kFormat = "path", kExpected = "a path";
  static bool read(const Json& json, std::filesystem::path& out) {
    out = json.text;
    return json.kind == Json::Kind::String;
  }
  static void write(std::string& out, const std::filesystem::path& value) { append_quoted(out, value.native()); }
};

template <>
struct Shape<Secret> {
  static constexpr std::string_view kType = "string", kFormat = "secret", kExpected = "text";
  static bool read(const Json& json, Secret& out) { return Shape<std::string>::read(json, out.value); }
  static void write(std::string& out, const Secret&) { out += "\"\""; }
};

// Pipeline files say "16MiB"; plugins receive the integer.
template <>
struct Shape<Bytes> {
  static constexpr std::string_view kType = "string", kFormat = "bytes", kExpected = "a number of bytes";
  static bool read(const Json& json, Bytes& out) { return Shape<std::uint64_t>::read(json, out.count); }
  static void write(std::string& out, Bytes value) {
    static constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    for (; value.count != 0 && value.count % 1024 == 0 && unit < 3; value.count /= 1024) ++unit;
    append_number(out += '"', value.count);
    (out += kUnits[unit]) += '"';
  }
};

// Pipeline files say "5s"; plugins receive integer milliseconds.
template <>
struct Shape<std::chrono::milliseconds> {
  static constexpr std::string_view kType = "string", kFormat = "duration", kExpected = "a duration in milliseconds";
  static bool read(const Json& json, std::chrono::milliseconds& out) {
    std::int64_t count = 0;
    bool good = Shape<std::int64_t>::read(json, count);
    out = std::chrono::milliseconds(count);
    return good;
  }
  static void write(std::string& out, std::chrono::milliseconds value) {
    bool seconds = value.count() % 1000 == 0;
    append_number(out += '"', seconds ? value.count() / 1000 : value.count());
    out += seconds ? "s\"" : "ms\"";
  }
};

template <class T>
struct Shape<std::vector<T>> {
  static constexpr std::string_view kType = "array", kFormat = "", kExpected = "a list";
  static bool read(const Json& json, std::vector<T>& out) {
    out.resize(json.items.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!Shape<T>::read(json.items[i], out[i])) return false;
    }
    return json.kind == Json::Kind::Array;
  }
  static void write(std::string& out, const std::vector<T>& value) {
    out += '[';
    for (const T& item : value) {
      if (out.back() != '[') out += ',';
      Shape<T>::write(out, item);
    }
    out += ']';
  }
};

template <class T>
struct Shape<std::optional<T>> : Shape<T> {
  static bool read(const Json& json, std::optional<T>& out) { return Shape<T>::read(json, out.emplace()); }
};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
struct ContentOf {
  using type = void;
};
template <class T>
struct ContentOf<MappingFile<T>> {
  using type = T;
};

// Array members also say what their items are.
template <class T>
struct ItemOf {
  using type = void;
};
template <class T>
struct ItemOf<std::vector<T>> {
  using type = T;
};

}  // namespace detail
}  // namespace aorta
