// JSONPath or JMESPath over the whole message, with the match as "matchedToken" (device-mapping spec 4.4).
#include <aorta/content_template.hpp>

struct CalculatedContent : aorta::ContentTemplate {
  static constexpr std::string_view id = "CalculatedContent";
  static constexpr std::string_view summary = "Values by JSONPath or JMESPath over the message and the matched token";

  explicit CalculatedContent(aorta::Host host)
      : ContentTemplate(
            host, {.object_name = "CalculatedFunctionContentTemplate",
                   .value_name = "CalculatedFunctionValueExpression",
                   .scope = aorta::content::Style::Scope::Message,
                   .expressions = aorta::content::Style::Expressions::AnyLanguage}
        ) {}
};
AORTA_PLUGIN(CalculatedContent)
