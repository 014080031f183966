// JSONPath below the matched token (device-mapping spec 4.1).
#include <aorta/content_template.hpp>

struct JsonPathContent : aorta::ContentTemplate {
  static constexpr std::string_view id = "JsonPathContent";
  static constexpr std::string_view summary = "Values by JSONPath below the matched token";
  static constexpr std::array<std::string_view, 1> spellings{"JsonPathContentTemplate"};

  explicit JsonPathContent(aorta::Host host)
      : ContentTemplate(host, {.object_name = "JsonPathContentTemplate", .value_name = "JsonPathValueExpression"}) {}
};
AORTA_PLUGIN(JsonPathContent)
