#include "core/mapping/device_mapping.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::mapping;

namespace {

// Knows one type, "Known", whose object is {"name": …, "fail": …} with an optional "wrong" (a problem) or "escape".
class Known : public Template {
 public:
  Known(std::string name, bool fails) : name_(std::move(name)), fails_(fails) {}
  Result<void> apply(document::Document&, MeasurementSink& out) override {
    MeasurementView view;
    view.type = name_;
    view.device = "d";
    out.add(view);
    if (fails_) return Error("no-luck", "no luck");
    return {};
  }
  std::string type_name() const override { return name_; }

 private:
  std::string name_;
  bool fails_;
};

struct Factory : TemplateFactory {
  Made make(std::string_view, document::Document& file, const document::Node& body, std::vector<Problem>& out)
      override {
    Made made;
    made.known = true;
    const document::Node* wrong = document::member(body, "wrong");
    if (wrong) out.push_back({"wrong", file.position(*wrong, document::Document::At::Name)});
    if (document::member(body, "escape")) made.escaped = Error("escaped", "escaped");
    const document::Node* name = document::member(body, "name");
    if (name) made.made = std::make_unique<Known>(std::string(name->text()), document::member(body, "fail") != nullptr);
    return made;
  }
  std::string canonical(std::string_view type) const override {
    return type == "known" || type == "Known" ? "Known" : "";
  }
};

DeviceMapping load(std::string_view text) {
  Factory factory;
  return load_device_mapping(text, factory);
}

DeviceMapping load_items(const std::string& items) {
  return load(R"({"templateType":"CollectionContent","template":[)" + items + "]}");
}

std::string item(const std::string& object) { return R"({"templateType":"known","template":)" + object + "}"; }

std::string first_problem(const DeviceMapping& mapping) {
  return mapping.problems.empty() ? "" : mapping.problems[0].message;
}

struct Collector : MeasurementSink {
  void add(const MeasurementView& view) override { types.emplace_back(view.type); }
  std::vector<std::string> types;
};

}  // namespace

TEST_CASE("device mapping: good templates are kept in file order", "[mapping]") {
  DeviceMapping mapping = load_items(item(R"({"name":"a"})") + ",\n" + item(R"({"name":"b"})"));
  CHECK(mapping.problems.empty());
  REQUIRE(mapping.templates.size() == 2);
  CHECK(mapping.templates[1].type == "Known");
  CHECK(mapping.templates[1].name == "b");
  CHECK(mapping.templates[1].position == Position{2, 36});
}

TEST_CASE("device mapping: what is no collection is one problem", "[mapping]") {
  CHECK(first_problem(load("{")) != "");
  CHECK(first_problem(load("[]")) == "The mapping must be a JSON object.");
  CHECK(first_problem(load("")) == "The mapping is empty: it has no template.");
  CHECK(first_problem(load("null")) == "The mapping is null: it has no template.");
  CHECK(first_problem(load("{}")) == "Expected TemplateType value CollectionContentTemplate, actual Not Found.");
  CHECK(
      first_problem(load(R"({"templateType":5})")) == "Expected TemplateType value CollectionContentTemplate, actual 5."
  );
  CHECK(first_problem(load(R"({"templateType":{}})")) == "\"templateType\" must be text.");
  CHECK(first_problem(load("\xEF\xBB\xBF{}")) == "The mapping begins with a byte order mark in its text; remove it.");
}

TEST_CASE("device mapping: names match in any case, the exact template wins", "[mapping]") {
  CHECK(load(R"({"TEMPLATETYPE":"collectioncontenttemplate","Template":[]})").problems.empty());
  CHECK(load(R"({"templateType":"x","TemplateType":"CollectionContent","template":[],"TEMPLATE":5})").problems.empty());
  CHECK(load(R"({"templateType":"CollectionContent","TEMPLATE":[],"Template":5})").problems.empty());
}

TEST_CASE("device mapping: problems stand at the template member, else at the bracket", "[mapping]") {
  DeviceMapping mapping = load("{\"templateType\":\"CollectionContent\",\n \"template\":{}}");
  REQUIRE(mapping.problems.size() == 1);
  CHECK(mapping.problems[0].position == Position{2, 12});
  CHECK(load(R"({"templateType":"CollectionContent"})").problems[0].position == Position{1, 1});
  DeviceMapping items = load_items(R"({"templateType":"other","template":{}},)"
                                   "\n{}");
  REQUIRE(items.problems.size() == 2);
  CHECK(items.problems[0].message == "No match found for template type other.");
  CHECK(items.problems[1].message == "No match found for template type .");
  CHECK(items.problems[1].position == Position{2, 1});
}

TEST_CASE("device mapping: a bad item does not hide the next one", "[mapping]") {
  DeviceMapping mapping = load_items(item(R"({"wrong":1})") + "," + item("5") + "," + item(R"({"name":"a"})"));
  CHECK(mapping.problems.size() == 2);
  CHECK(mapping.problems[1].message == "Expected an object for the template property value for template type Known.");
  CHECK(mapping.templates.size() == 1);
  CHECK(!mapping.escaped);
}

TEST_CASE("device mapping: a fault that escapes ends the reading", "[mapping]") {
  for (const char* fault : {"null", "5", "\"x\"", "[]", R"({"templateType":[]})"}) {
    DeviceMapping mapping = load_items(item(R"({"name":"a"})") + "," + fault + "," + item(R"({"name":"b"})"));
    CHECK(mapping.escaped);
    CHECK(mapping.problems.size() == 1);
    CHECK(mapping.templates.size() == 1);
  }
  CHECK(load_items(item(R"({"escape":1})")).escaped);
}

TEST_CASE("device mapping: measurements before a failure are kept, later templates are not asked", "[mapping]") {
  DeviceMapping mapping =
      load_items(item(R"({"name":"a"})") + "," + item(R"({"name":"b","fail":1})") + "," + item(R"({"name":"c"})"));
  document::Document message;
  REQUIRE(message.read_envelope({"{}", {}, {}}).has_value());
  Collector out;
  auto done = mapping.normalize(message, out);
  REQUIRE(done.has_error());
  CHECK(done.error().message() == "template \"b\": no luck");
  CHECK(done.error().reason() == "no-luck");
  CHECK(out.types == std::vector<std::string>{"a", "b"});
}
