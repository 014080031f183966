// Writes JSON text straight into a string, without a tree in between.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/detail/json.hpp"
#include "aorta/document.hpp"

namespace aorta {

// Objects and lists that stay without members vanish, name and all, as FHIR demands. Names are given inside objects and
// left out inside lists. While an object or list is open the text is not to be looked at.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object(std::string_view name = {}) { begin(name, '{'); }
  void begin_list(std::string_view name = {}) { begin(name, '['); }
  void end_object() { end('}'); }
  void end_list() { end(']'); }

  void text(std::string_view name, std::string_view value) {
    lead(name);
    detail::append_quoted(out_, value);
  }
  // As text(), but nothing where there is nothing to say.
  void filled(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  // In as few digits as mean this number.
  void number(std::string_view name, double value) {
    lead(name);
    detail::append_number(out_, value);
  }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  // JSON text as it is: a number's digits, or an object that is already written.
  void raw(std::string_view name, std::string_view json) {
    lead(name);
    out_ += json;
  }
  // Null is left out; numbers keep their digits.
  void copy(std::string_view name, Node node) {
    if (!node || node.is_null()) return;
    if (node.is_object() || node.is_array()) return copy_container(name, node);
    if (node.boolean() || node.number()) return raw(name, node.text());
    text(name, node.text());
  }

 protected:
  // How many objects and lists are open.
  std::size_t depth() const { return open_.size(); }

 private:
  struct Open {
    std::size_t rewind;  // length of the text before the bracket, comma and name
    std::size_t inside;  // length right behind the bracket
  };

  void begin(std::string_view name, char bracket) {
    std::size_t rewind = out_.size();
    lead(name);
    out_ += bracket;
    open_.push_back({rewind, out_.size()});
  }
  void end(char bracket) {
    Open open = open_.back();
    open_.pop_back();
    bool vanishes = out_.size() == open.inside && !open_.empty();
    if (vanishes) return out_.resize(open.rewind);
    out_ += bracket;
  }
  void lead(std::string_view name) {
    if (!open_.empty() && out_.size() > open_.back().inside) out_ += ',';
    if (!name.data()) return;
    detail::append_quoted(out_, name);
    out_ += ':';
  }
  void copy_container(std::string_view name, Node node) {
    begin(name, node.is_object() ? '{' : '[');
    for (NodeChild child : node.children()) copy(child.name, child.value);
    end(node.is_object() ? '}' : ']');
  }

  std::string& out_;
  std::vector<Open> open_;
};

}  // namespace aorta
