#include "core/config/value.hpp"

#include <algorithm>
#include <array>

namespace aorta::config {
namespace {

// Writes JSON and knows how far it has come; only ever moves forward.
class JsonWriter {
 public:
  explicit JsonWriter(bool in_place) : in_place_(in_place) {}

  void write(const Value& value) {
    if (value.is(Value::Kind::Map)) return write_map(value);
    if (value.is(Value::Kind::List)) return write_list(value);
    move_to(value.position);
    put(value.is(Value::Kind::String) ? json_string(value.text) : value.is(Value::Kind::Null) ? "null" : value.text);
  }
  std::string take() { return std::move(out_); }

 private:
  void write_map(const Value& map) {
    // A block map stands where its first key stands: its brace needs a place of its own before that.
    move_to({map.position.line, map.position.column - 1});
    put("{");
    for (std::size_t i = 0; i < map.members.size(); ++i) {
      if (i > 0) put(",");
      move_to(map.members[i].position);
      put(json_string(map.members[i].key) + ":");
      write(map.members[i].value);
    }
    put("}");
  }

  void write_list(const Value& list) {
    move_to(list.position);
    put("[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) put(",");
      write(list.items[i]);
    }
    put("]");
  }

  void move_to(Position place) {
    if (!in_place_) return;
    for (; line_ < place.line; ++line_, column_ = 1) out_ += '\n';
    for (; line_ == place.line && column_ < place.column; ++column_) out_ += ' ';
  }
  void put(std::string_view token) {
    out_ += token;
    column_ += static_cast<int>(token.size());
  }

  bool in_place_;
  int line_ = 1;
  int column_ = 1;
  std::string out_;
};

void append_escape(std::string& out, unsigned char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

}  // namespace

const Value::Member* Value::find_member(std::string_view key) const {
  auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  return found == members.end() ? nullptr : &*found;
}

const Value* Value::find(std::string_view key) const {
  const Member* found = find_member(key);
  return found ? &found->value : nullptr;
}

std::string_view kind_name(Value::Kind kind) {
  constexpr std::array<std::string_view, 6> kNames{"nothing", "a boolean", "a number", "a string", "a list", "a map"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      append_escape(out, static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string to_json(const Value& value) {
  JsonWriter writer(false);
  writer.write(value);
  return writer.take();
}

std::string to_json_in_place(const Value& value) {
  JsonWriter writer(true);
  writer.write(value);
  return writer.take();
}

}  // namespace aorta::config
