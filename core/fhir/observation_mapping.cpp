#include "core/fhir/observation_mapping.hpp"

#include "core/base/blank.hpp"
#include "core/base/letter_case.hpp"
#include "core/fhir/observation_form.hpp"
#include "core/fhir/template_places.hpp"
#include "core/fhir/template_reader.hpp"
#include "core/fhir/vital_signs.hpp"

namespace aorta::fhir {

using document::Document;
using document::Kind;
using document::Node;
using mapping::Problem;

namespace {

bool is_type(std::string_view written, std::string_view wanted) {
  return equals_ignoring_case(written, wanted) || equals_ignoring_case(written, std::string(wanted) + "Template");
}

// What a container ({templateType, template}) holds. Of templateType the later casing counts, of template the exactly
// spelt one, else the first (1.1).
struct Container {
  document::Child type;
  document::Child body;
  const Node* bad_number = nullptr;  // lineNumber or linePosition that is none
};

Container read_container(const Node& node) {
  Container out;
  bool exact = false;
  for (document::Child child : document::Children(node)) {
    if (equals_ignoring_case(child.name, "templateType")) out.type = child;
    bool internal = equals_ignoring_case(child.name, "lineNumber") || equals_ignoring_case(child.name, "linePosition");
    if (internal && !is_internal_number(*child.node) && !out.bad_number) out.bad_number = child.node;
    if (!equals_ignoring_case(child.name, "template")) continue;
    if (child.name == "template") {
      out.body = child;
      exact = true;
    } else if (!exact && out.body.node == nullptr) {
      out.body = child;
    }
  }
  return out;
}

bool is_null(const document::Child& child) { return child.node == nullptr || child.node->kind == Kind::Null; }

}  // namespace

// Walks the containers; the bodies are the TemplateReader's.
class MappingReader {
 public:
  MappingReader(Document& file, ObservationMapping& out) : file_(file), out_(out) {}

  void read() {
    const Node& root = file_.root();
    if (root.kind != Kind::Object)
      return problem("the FHIR mapping must be a JSON object with templateType and template", {});
    Container outer = read_container(root);
    if (outer.bad_number) return problem("lineNumber and linePosition must be numbers, or left out", {});
    if (!is_null(outer.type) && outer.type.node->is_container()) {
      return problem("templateType must be a text: \"CollectionFhir\"", at(outer.type));
    }
    std::string type = is_null(outer.type) ? "Not Found" : text(*outer.type.node);
    if (is_null(outer.type) || !is_type(type, "CollectionFhir")) {
      Position place = outer.type.node ? at(outer.type) : file_.position(root, Document::At::Node);
      return problem("Expected TemplateType value CollectionFhirTemplate, actual " + type + ".", place);
    }
    if (is_null(outer.body) || outer.body.node->kind != Kind::Array) {
      Position place = outer.body.node ? at(outer.body) : file_.position(root, Document::At::Node);
      return problem(
          "Expected an array for the template property value for template type CollectionFhirTemplate.", place
      );
    }
    out_.is_collection_ = true;
    for (document::Child item : document::Children(*outer.body.node)) {
      if (!read_item(*item.node)) return;
    }
  }

 private:
  Position at(const document::Child& member) const { return file_.position(*member.node, Document::At::Name); }
  std::string text(const Node& scalar) {
    return scalar.kind == Kind::Undefined ? std::string() : body_text(scalar, file_.arena());
  }
  void problem(std::string message, Position place) { out_.problems_.push_back({std::move(message), place}); }

  // False: the reference stops here without an answer, and so does the reading.
  bool escape(std::string message, const Node& node) {
    problem(std::move(message), file_.position(node, Document::At::Node));
    out_.escaped_ = true;
    return false;
  }

  bool read_item(const Node& item) {
    if (item.kind != Kind::Object)
      return escape("each template must be an object with templateType and template", item);
    Container inner = read_container(item);
    if (inner.type.node && inner.type.node->is_container())
      return escape("templateType must be a text: \"CodeValueFhir\"", *inner.type.node);
    if (inner.bad_number) {
      problem(
          "lineNumber and linePosition must be numbers, or left out",
          file_.position(*inner.bad_number, Document::At::Node)
      );
      return true;
    }
    std::string type = is_null(inner.type) ? std::string() : text(*inner.type.node);
    Position place = inner.type.node ? at(inner.type) : file_.position(item, Document::At::Node);
    if (!is_type(type, "CodeValueFhir")) {
      problem("Expected TemplateType value CodeValueFhirTemplate, actual " + type + ".", place);
    } else if (is_null(inner.body) || inner.body.node->kind != Kind::Object) {
      problem("Expected an object for the template property value for template type CodeValueFhirTemplate.", place);
    } else {
      read_body(*inner.body.node);
    }
    return true;
  }

  void read_body(const Node& body) {
    std::size_t before = out_.problems_.size();
    TemplateReader reader(file_, out_.problems_);
    ObservationTemplate made = reader.read(body);
    if (out_.problems_.size() != before) return;
    made.position = file_.position(body, Document::At::Node);
    std::string name = made.type_name;
    if (is_blank(name)) {
      problem("Empty type name is not allowed: '" + name + "'", reader.type_name_place());
    } else if (!out_.add(std::move(made))) {
      problem("Duplicate template defined for type name: '" + name + "'", reader.type_name_place());
    }
  }

  Document& file_;
  ObservationMapping& out_;
};

std::optional<Profile> profile_called(std::string_view name) {
  if (name.empty() || name == "none") return Profile::None;
  return name == "vital-signs" ? std::optional(Profile::VitalSigns) : std::nullopt;
}

bool ObservationMapping::add(ObservationTemplate made) {
  if (!by_name_.try_emplace(to_upper(made.type_name), templates_.size()).second) return false;
  by_spelling_.emplace(made.type_name, templates_.size());
  templates_.push_back(std::move(made));
  return true;
}

const ObservationTemplate* ObservationMapping::find(std::string_view type) const {
  if (auto exact = by_spelling_.find(type); exact != by_spelling_.end()) return &templates_[exact->second];
  auto found = by_name_.find(to_upper(type));
  return found == by_name_.end() ? nullptr : &templates_[found->second];
}

// `text` is the file's.
void ObservationMapping::conform(std::string_view text) {
  TemplatePlaces places(text);
  for (ObservationTemplate& made : templates_) {
    for (const ProfileGap& gap : conform_to_vital_signs(made)) {
      Position position = gap.member.empty() ? Position{} : places.find(made.position, gap.member, gap.index);
      if (position.line == 0) position = made.position;
      (gap.kind == ProfileGap::Kind::Outside ? remarks_ : problems_).push_back({gap.message, position});
    }
  }
}

ObservationMapping ObservationMapping::load(std::string_view text, Profile profile) {
  ObservationMapping out;
  if (is_blank(text)) {
    out.problems_.push_back({"the FHIR mapping is empty: give it templateType and template", {}});
    return out;
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    out.problems_.push_back({"the file begins with a byte order mark: save it as UTF-8 without one", {1, 1}});
    return out;
  }
  Document file;
  if (Result<void> read = file.read_value(text, {.dates = true, .whole = true, .positions = true}); read.has_error()) {
    Error error = read.error();
    out.problems_.push_back({std::string(error.message()), error.position()});
    return out;
  }
  MappingReader(file, out).read();
  if (profile == Profile::VitalSigns && out.problems_.empty()) out.conform(text);
  for (ObservationTemplate& made : out.templates_) made.form = std::make_shared<const ObservationForm>(made);
  return out;
}

}  // namespace aorta::fhir
