// The manifest of a module (docs/reference/manifest.md), written from its plugins' ids, kinds and schemas.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "aorta/abi/types.h"
#include "aorta/detail/json.hpp"
#include "aorta/kinds.hpp"
#include "aorta/schema.hpp"

namespace aorta::detail {

// Members of a JSON object or array, with the commas between them.
class JsonList {
 public:
  JsonList(std::string& out, char open, char close) : out_(out), close_(close) { out_ += open; }
  std::string& item() {
    if (std::exchange(begun_, true)) out_ += ',';
    return out_;
  }
  std::string& member(std::string_view name) {
    append_quoted(item(), name);
    return out_ += ':';
  }
  void text(std::string_view name, std::string_view value) { append_quoted(member(name), value); }
  void end() { out_ += close_; }

 private:
  std::string& out_;
  char close_;
  bool begun_ = false;
};

template <std::size_t N>
void append_texts(std::string& out, const std::array<std::string_view, N>& texts) {
  JsonList list(out, '[', ']');
  for (std::string_view text : texts) {
    if (!text.empty()) append_quoted(list.item(), text);
  }
  list.end();
}

template <class Config, class... Members>
void append_members(JsonList& list, const Schema<Config, Members...>& schema);
template <class Config, class... Members>
void append_schema(std::string& out, const Schema<Config, Members...>& schema);

template <class T>
void append_shape(JsonList& out) {
  if constexpr (kIsOptional<T>) {
    return append_shape<typename T::value_type>(out);
  } else if constexpr (Structured<T>) {
    append_members(out, T::schema);
  } else {
    out.text("type", Shape<T>::kType);
  }
  if (!Shape<T>::kFormat.empty()) out.text("x-aorta-format", Shape<T>::kFormat);
  using Content = typename ContentOf<T>::type;
  if constexpr (!std::is_void_v<Content>) append_schema(out.member("x-aorta-content"), Content::schema);
  using Item = typename ItemOf<T>::type;
  if constexpr (!std::is_void_v<Item>) {
    JsonList items(out.member("items"), '{', '}');
    append_shape<Item>(items);
    items.end();
  }
}

template <class Config, class Member>
void append_field(std::string& out, const Field<Config, Member>& field, const Config& defaults) {
  JsonList list(out, '{', '}');
  append_shape<Member>(list);
  if (!field.reads.empty()) list.text("x-aorta-reads", field.reads);
  list.text("description", field.help);
  if (!field.choices[0].empty()) append_texts(list.member("enum"), field.choices);
  if (field.least) append_number(list.member("minimum"), *field.least);
  if (field.most) append_number(list.member("maximum"), *field.most);
  if constexpr (!kNeverDefaulted<Member>) {
    if (!field.needed) Shape<Member>::write(list.member("default"), defaults.*field.member);
  }
  if (!field.samples[0].empty()) append_texts(list.member("examples"), field.samples);
  list.end();
}

template <class Config, class... Members>
void append_members(JsonList& list, const Schema<Config, Members...>& schema) {
  const Config defaults{};
  list.text("type", "object");
  JsonList properties(list.member("properties"), '{', '}');
  JsonList* into = &properties;
  std::apply([&](const auto&... f) { (append_field(into->member(f.name), f, defaults), ...); }, schema.fields);
  properties.end();
  JsonList required(list.member("required"), '[', ']');
  auto add_required = [&](const auto& f) {
    if (f.needed) append_quoted(required.item(), f.name);
  };
  std::apply([&](const auto&... f) { (add_required(f), ...); }, schema.fields);
  required.end();
  list.member("additionalProperties") += "false";
}

template <class Config, class... Members>
void append_schema(std::string& out, const Schema<Config, Members...>& schema) {
  JsonList list(out, '{', '}');
  append_members(list, schema);
  list.end();
}

template <class T>
void append_plugin(std::string& out) {
  JsonList list(out, '{', '}');
  list.text("id", T::id);
  list.text("kind", kKindName<T>);
  if constexpr (requires { T::summary; }) list.text("summary", T::summary);
  if constexpr (requires { T::spellings; }) append_texts(list.member("spellings"), T::spellings);
  std::string& config = list.member("config");
  if constexpr (Configured<T>) {
    append_schema(config, T::schema);
  } else {
    config += R"({"type":"object","properties":{},"required":[],"additionalProperties":false})";
  }
  list.end();
}

#if defined(__clang__)
inline constexpr std::string_view kBuiltWith = "clang " __clang_version__;
#elif defined(__GNUC__)
inline constexpr std::string_view kBuiltWith = "gcc " __VERSION__;
#else
inline constexpr std::string_view kBuiltWith = "unknown";
#endif

template <class... Plugins>
std::string make_manifest(std::string_view name, std::string_view version) {
  std::string out;
  JsonList list(out, '{', '}');
  list.member("manifest") += '1';
  list.text("name", name);
  list.text("version", version);
  JsonList abi(list.member("abi"), '{', '}');
  append_number(abi.member("major"), AORTA_ABI_MAJOR);
  append_number(abi.member("minor"), AORTA_ABI_MINOR);
  abi.end();
  list.text("built_with", kBuiltWith);
  JsonList plugins(list.member("plugins"), '[', ']');
  (append_plugin<Plugins>(plugins.item()), ...);
  plugins.end();
  list.end();
  return out += '\n';
}

}  // namespace aorta::detail
