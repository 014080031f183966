// Reads the body of one CodeValueFhir template, with the reference's reader's rules and faults (FHIR-mapping spec 1.2
// to 1.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/document/document.hpp"
#include "core/fhir/observation_mapping.hpp"

namespace aorta::fhir {

// The text of a scalar in a template's body (spec 1.3.1): dates as 03/05/2024 10:00:00, numbers by value, True and
// False.
std::string body_text(const document::Node& scalar, Arena& arena);

// Whether a scalar can stand for lineNumber or linePosition, which the reference's own objects have.
bool is_internal_number(const document::Node& scalar);
// Where the reference notices an object or list in the wrong place: behind the first member's name, or at the bracket.
Position shape_place(const document::Document& file, const document::Node& container);

class TemplateReader {
 public:
  TemplateReader(document::Document& file, std::vector<mapping::Problem>& problems)
      : file_(file), problems_(problems) {}

  // Faults are added to the problems; then what is returned is not to be used.
  ObservationTemplate read(const document::Node& body);
  // The colon behind typeName, once read.
  Position type_name_place() const { return type_name_place_; }

 private:
  // Whether a required property was there, and with a value.
  enum class Seen { No, Null, Value };

  void read_member(const document::Child& member, ObservationTemplate& out);
  bool read_text(const document::Node& node, std::optional<std::string>& out);
  void read_period(const document::Node& node, std::int64_t& out);
  void read_internal_number(const document::Node& node);
  Seen read_codes(const document::Node& node, Codes& out);
  std::optional<Code> read_code(const document::Node& object);
  void read_categories(const document::Node& node, std::vector<std::optional<Category>>& out);
  Category read_category(const document::Node& object);
  void read_components(const document::Node& node, std::vector<std::optional<ComponentTemplate>>& out);
  ComponentTemplate read_component(const document::Node& object);
  void read_value(const document::Node& node, std::optional<ValueTemplate>& out);
  // The items of a list property, or its faults. `item` is called for objects only; null items become empty optionals.
  template <class Item, class Read>
  Seen read_list(const document::Node& node, std::string_view type, std::vector<std::optional<Item>>& out, Read read);

  void unknown(const document::Child& member, std::string_view type);
  void not_convertible(const document::Node& node, std::string_view type);
  void wrong_shape(const document::Node& node, std::string_view type);
  void require(Seen seen, std::string_view name, const document::Node& object);
  void fault(const std::string& message, Position place);
  Position at(const document::Node& node) const { return file_.position(node, document::Document::At::Node); }
  Position name_of(const document::Child& member) const {
    return file_.position(*member.node, document::Document::At::Name);
  }

  document::Document& file_;
  std::vector<mapping::Problem>& problems_;
  Position type_name_place_;
  Seen codes_seen_ = Seen::No;
  Seen type_name_seen_ = Seen::No;
};

}  // namespace aorta::fhir
