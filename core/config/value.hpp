// What a configuration file says, as a tree that knows where each word of it stands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::config {

// Plain data; copying copies everything below it.
struct Value {
  enum class Kind : std::uint8_t { Null, Bool, Number, String, List, Map };
  struct Member;

  Kind kind = Kind::Null;
  bool from_reference = false;  // String: came, in part or whole, from ${env:…} or ${file:…}; never to be shown
  std::string referenced_file;  // String: the file that all of it came from; empty: none
  std::string text;             // String: content; Number: its JSON spelling; Bool: "true" or "false"
  std::vector<Value> items;     // List
  std::vector<Member> members;  // Map, in file order, no key twice
  Position position;
  int width = 1;  // UTF-16 units on its first line

  bool is(Kind k) const { return kind == k; }
  bool truth() const { return text == "true"; }
  // Of a map; nullptr where there is no such key, or no map.
  const Value* find(std::string_view key) const;
  const Member* find_member(std::string_view key) const;
};

struct Value::Member {
  std::string key;
  Position position;
  int width = 1;
  Value value;
};

// "a map", "a list", "a string", …
std::string_view kind_name(Value::Kind kind);

// Compact JSON, members in file order, numbers as they are spelled.
std::string to_json(const Value& value);

// The same JSON, laid out so that each token begins at the line and column where the value stands in its own file, as
// far as there is room (aliases and dense flow style may shift columns): who reports a place in this text reports the
// place in the file.
std::string to_json_in_place(const Value& value);

// A JSON string literal.
std::string json_string(std::string_view text);

}  // namespace aorta::config
