// A device mapping: a file of templates, each served by a template plugin (device-mapping spec, sections 3 and 5).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/document/document.hpp"
#include "core/mapping/measurement.hpp"
#include "core/mapping/template_index.hpp"

namespace aorta::mapping {

// One error of a mapping file. Position {0,0} where not known.
struct Problem {
  std::string message;
  Position position;
};

class MeasurementSink {
 public:
  virtual ~MeasurementSink() = default;
  virtual void add(const MeasurementView& measurement) = 0;
};

// One loaded entry of a mapping.
class Template {
 public:
  virtual ~Template() = default;
  // Adds the measurements of one message; those added before a failure stay.
  virtual Result<void> apply(document::Document& message, MeasurementSink& out) = 0;
  // The type of its measurements ("heartrate") and the names of their values; empty where the template cannot know.
  virtual std::string type_name() const { return {}; }
  virtual std::vector<std::string> value_names() const { return {}; }
  // Names of members without any one of which, anywhere in a message, apply() gives nothing and does not fail; empty
  // where the template cannot know.
  virtual std::vector<std::string> required_names() const { return {}; }
};

// Makes templates of a type; implemented by the plugin loader. Not found: nullptr and no problem.
class TemplateFactory {
 public:
  virtual ~TemplateFactory() = default;
  // `type` as the mapping spells it. A template that reported problems is not returned. `escaped` is set when the
  // reference's loader itself would fail on this entry (3.1: nothing after it is read).
  struct Made {
    std::unique_ptr<Template> made;
    bool known = false;
    std::optional<Error> escaped;
  };
  virtual Made make(
      std::string_view type, document::Document& file, const document::Node& body, std::vector<Problem>& problems
  ) = 0;
  // The canonical name of a type ("JsonPathContentTemplate" -> "JsonPathContent"), empty if no plugin serves it.
  virtual std::string canonical(std::string_view type) const = 0;
};

struct DeviceMapping {
  struct Entry {
    std::string type;  // canonical template type
    std::string name;  // its typeName
    std::vector<std::string> value_names;
    Position position;  // of the template's "{"
    std::unique_ptr<Template> made;
  };
  std::vector<Entry> templates;   // the good ones, in file order
  std::vector<Problem> problems;  // empty: the file is valid
  bool escaped = false;           // loading stopped at a fault that the reference does not collect
  TemplateIndex index;            // of `templates`; an empty one makes normalize() try them all

  // Every template, in order, on one message; stops at the first failure, keeping what was added (spec 5.1). The error
  // names the template. What cannot match is passed over, which changes nothing but the time it takes.
  Result<void> normalize(document::Document& message, MeasurementSink& out) const;

 private:
  static Result<void> apply(const Entry& entry, document::Document& message, MeasurementSink& out);
};

DeviceMapping load_device_mapping(std::string_view text, TemplateFactory& factory);

}  // namespace aorta::mapping
