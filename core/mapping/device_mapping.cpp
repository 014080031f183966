#include "core/mapping/device_mapping.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/document/convert.hpp"

namespace aorta::mapping {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;
using At = document::Document::At;

constexpr std::string_view kCollection = "CollectionContent";

// A container { "templateType": …, "template": … } (section 3): names in any case; of duplicates the exact "template"
// wins, else the first, but problems are reported at the last.
struct Container {
  const Node* node = nullptr;
  const Node* type = nullptr;
  const Node* body = nullptr;
  const Node* body_shown = nullptr;
};

Container read_container(const Node& node) {
  Container out{.node = &node};
  for (Child child : Children(node)) {
    if (equals_ignoring_ascii_case(child.name, "templateType")) out.type = child.node;
    if (!equals_ignoring_ascii_case(child.name, "template")) continue;
    if (!out.body || child.name == "template") out.body = child.node;
    out.body_shown = child.node;
  }
  return out;
}

TemplateIndex index_of(const std::vector<DeviceMapping::Entry>& templates) {
  std::vector<std::vector<std::string>> required;
  required.reserve(templates.size());
  for (const DeviceMapping::Entry& entry : templates) required.push_back(entry.made->required_names());
  return TemplateIndex(required);
}

bool is_null(const Node* node) { return !node || node->kind == Kind::Null || node->kind == Kind::Undefined; }

class Loader {
 public:
  Loader(document::Document& file, TemplateFactory& factory) : file_(file), factory_(factory) {}

  DeviceMapping load() {
    const Node& root = file_.root();
    if (root.kind == Kind::Null) {
      // The reference takes it and fails on every message.
      problem("The mapping is null: it has no template.", {});
    } else if (root.kind != Kind::Object) {
      problem("The mapping must be a JSON object.", {});
    } else {
      read_root(read_container(root));
    }
    out_.index = index_of(out_.templates);
    return std::move(out_);
  }

 private:
  void problem(std::string message, Position position) { out_.problems.push_back({std::move(message), position}); }

  // The text of "templateType"; nothing where it has none (an object or array).
  std::optional<std::string> type_text(const Node* type, std::string_view if_missing) {
    if (is_null(type)) return std::string(if_missing);
    if (type->kind == Kind::BigInteger) return std::string(type->text());
    document::TextResult text = document::to_text(*type, file_.arena());
    if (text.state != document::TextResult::State::Text) return std::nullopt;
    return std::string(text.text);
  }

  Position at_name(const Node* member, const Node* container) {
    return member ? file_.position(*member, At::Name) : file_.position(*container, At::Node);
  }

  void read_root(const Container& root) {
    auto type = type_text(root.type, "Not Found");
    if (!type) return problem("\"templateType\" must be text.", {});
    if (!is_collection(*type)) {
      std::string message = "Expected TemplateType value CollectionContentTemplate, actual " + *type + ".";
      return problem(std::move(message), at_name(root.type, root.node));
    }
    if (!root.body || root.body->kind != Kind::Array) {
      return problem(
          "Expected an array for the template property value for template type CollectionContentTemplate.",
          at_name(root.body_shown, root.node)
      );
    }
    for (Child item : Children(*root.body)) {
      if (!out_.escaped) read_item(*item.node);
    }
  }

  static bool is_collection(std::string_view type) {
    return equals_ignoring_ascii_case(type, kCollection) ||
           equals_ignoring_ascii_case(type, "CollectionContentTemplate");
  }

  // The reference's loader fails as a whole here: nothing after it is read.
  void escape(std::string message, Position position) {
    problem(std::move(message), position);
    out_.escaped = true;
  }

  void read_item(const Node& node) {
    if (node.kind != Kind::Object)
      return escape(
          "An item of \"template\" must be an object; nothing after it is read.", file_.position(node, At::Node)
      );
    Container item = read_container(node);
    auto type = type_text(item.type, "");
    if (!type) return escape("\"templateType\" must be text; nothing after it is read.", at_name(item.type, &node));
    std::string canonical = factory_.canonical(*type);
    Position shown = at_name(item.body_shown, &node);
    if (canonical.empty()) return problem("No match found for template type " + *type + ".", shown);
    if (!item.body || item.body->kind != Kind::Object) {
      std::string message = "Expected an object for the template property value for template type " + canonical + ".";
      return problem(std::move(message), shown);
    }
    add(std::move(canonical), *type, *item.body);
  }

  void add(std::string canonical, std::string_view type, const Node& body) {
    Position position = file_.position(body, At::Node);
    TemplateFactory::Made made = factory_.make(type, file_, body, out_.problems);
    if (made.escaped) return escape(std::string(made.escaped->message()) + "; nothing after it is read.", position);
    if (!made.made) return;
    DeviceMapping::Entry entry;
    entry.type = std::move(canonical);
    entry.name = made.made->type_name();
    entry.value_names = made.made->value_names();
    entry.position = position;
    entry.made = std::move(made.made);
    out_.templates.push_back(std::move(entry));
  }

  document::Document& file_;
  TemplateFactory& factory_;
  DeviceMapping out_;
};

DeviceMapping unreadable(const Error& error) {
  DeviceMapping out;
  out.problems.push_back({std::string(error.message()), error.position()});
  return out;
}

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

}  // namespace

DeviceMapping load_device_mapping(std::string_view text, TemplateFactory& factory) {
  if (is_blank(text)) return unreadable(Error("not-json", "The mapping is empty: it has no template."));
  if (text.starts_with("\xEF\xBB\xBF"))
    return unreadable(Error("not-json", "The mapping begins with a byte order mark in its text; remove it."));
  document::Document file;
  auto read = file.read_value(text, {.dates = true, .whole = true, .positions = true});
  if (read.has_error()) return unreadable(read.error());
  return Loader(file, factory).load();
}

Result<void> DeviceMapping::apply(const Entry& entry, document::Document& message, MeasurementSink& out) {
  auto applied = entry.made->apply(message, out);
  return applied.has_error()
             ? Result<void>(applied.error().in("template \"" + (entry.name.empty() ? entry.type : entry.name) + "\""))
             : applied;
}

Result<void> DeviceMapping::normalize(document::Document& message, MeasurementSink& out) const {
  if (index.is_worthwhile() && message.root().kind == Kind::Object) {
    for (std::uint32_t i : index.candidates(message)) AORTA_CHECK(apply(templates[i], message, out));
    return {};
  }
  for (const Entry& entry : templates) AORTA_CHECK(apply(entry, message, out));
  return {};
}

}  // namespace aorta::mapping
