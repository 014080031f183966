// Writes JSON text straight into a string. Objects and lists that stay without members vanish, as FHIR demands.
#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/document/node.hpp"
#include "core/document/text_writer.hpp"

namespace aorta::fhir {

// While an object or list is open, `out` is not to be looked at.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object(std::string_view name = {}) { begin(name, '{'); }
  void begin_list(std::string_view name = {}) { begin(name, '['); }
  // Takes the opening bracket (and the name) back where nothing was written since.
  void end_object() { end('}'); }
  void end_list() { end(']'); }

  void text(std::string_view name, std::string_view value);
  // In the round-trip form.
  void time(std::string_view name, DateTime value);
  void optional_text(std::string_view name, const std::optional<std::string>& value) {
    if (value) text(name, *value);
  }
  // JSON text as it is: a number's digits, or an object that is already written.
  void raw(std::string_view name, std::string_view json);
  // The members of an object that is already written, braces included.
  void members(std::string_view object);
  // Null, and empty lists and objects, are left out; numbers keep their digits.
  void copy(std::string_view name, const document::Node& node);
  void copy_members(const document::Node& object);

 private:
  struct Open {
    std::size_t rewind;  // length of the text before the bracket, comma and name
    std::size_t inside;  // length right behind the bracket
  };
  void begin(std::string_view name, char bracket);
  void end(char bracket);
  void lead(std::string_view name);
  void end_value() {
    if (open_.empty()) out_.flush();
  }

  document::TextWriter out_;
  boost::container::small_vector<Open, 12> open_;
};

}  // namespace aorta::fhir
