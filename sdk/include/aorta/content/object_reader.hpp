// Reads an object of a device mapping member by member and reports everything that breaks its schema (device-mapping
// spec 3.2): names match whatever their case, repeated members replace each other, and all problems are collected in
// the order of the text.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "aorta/content/problem_texts.hpp"
#include "aorta/document.hpp"
#include "aorta/measurements.hpp"

namespace aorta::content {

inline bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// A member of type text and what its reading has found.
struct TextMember {
  enum class State : unsigned char { Missing, Null, Bad, Given } state = State::Missing;
  std::string text;
};

class ObjectReader {
 public:
  using At = Problems::At;
  ObjectReader(Document document, Problems& problems) : document_(document), problems_(problems) {}

  // Text, number and boolean become text; a container is a problem without position.
  void read_text(Node node, TextMember& out) {
    out.text.clear();
    if (node.is_null()) {
      out.state = TextMember::State::Null;
    } else if (text_of(node, out.text)) {
      out.state = TextMember::State::Given;
    } else {
      out.state = TextMember::State::Bad;
      nowhere("Error reading string. Unexpected token: " + std::string(kind_text(node.kind())) + ".");
    }
  }

  // true, false, their texts in any case with blanks around, or a number (0 is false). nullopt after a problem.
  std::optional<bool> read_boolean(Node node) {
    if (auto value = node.boolean()) return value;
    if (auto value = node.number()) return *value != 0;
    if (node.kind() == AORTA_KIND_STRING && !node.text().empty()) return boolean_of(node.text());
    if (node.is_null() || node.kind() == AORTA_KIND_STRING) {
      problem(node, At::Node, "Error converting value {null} to type 'System.Boolean'.");
    } else {
      nowhere("Error reading boolean. Unexpected token: " + std::string(kind_text(node.kind())) + ".");
    }
    return std::nullopt;
  }

  // After all members: what a required one lacks.
  void require(Node object, std::string_view name, TextMember::State state) {
    if (state == TextMember::State::Given) return;
    std::string property = "Required property '" + std::string(name) + "' ";
    problem(
        object, At::Node,
        property + (state == TextMember::State::Null ? "expects a value but got null." : "not found in JSON.")
    );
  }

  void unknown(Node member, std::string_view name, std::string_view object_name) {
    problem(
        member, At::Name,
        "Could not find member '" + std::string(name) + "' on object of type '" + std::string(object_name) + "'."
    );
  }

  void problem(Node node, At at, std::string_view message) { problems_.add(node, at, message); }
  void nowhere(std::string_view message) { problems_.add(Node(), At::Nowhere, message); }
  std::size_t problem_count() const { return problems_.count(); }

  bool text_of(Node node, std::string& out) {
    std::string_view text = node.text();
    if (node.kind() != AORTA_KIND_BIG_INTEGER && document_.text(node, text) != Document::Text::Found) return false;
    out = text;
    return true;
  }

 private:
  std::optional<bool> boolean_of(std::string_view text) {
    static constexpr std::string_view kBlanks(" \t\n\v\f\r\0", 7);
    std::size_t first = text.find_first_not_of(kBlanks);
    std::string_view word =
        first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
    if (same_name(word, "true")) return true;
    if (same_name(word, "false")) return false;
    nowhere("Could not convert string to boolean: " + std::string(text) + ".");
    return std::nullopt;
  }

  Document document_;
  Problems& problems_;
};

}  // namespace aorta::content
