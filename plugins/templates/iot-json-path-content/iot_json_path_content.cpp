// JSONPath below the matched envelope of an IoT hub: device and time come from the hub (device-mapping spec 4.2).
#include <aorta/content_template.hpp>

struct IotJsonPathContent : aorta::ContentTemplate {
  static constexpr std::string_view id = "IotJsonPathContent";
  static constexpr std::string_view summary = "Values by JSONPath; device and time from the IoT hub's properties";
  static constexpr std::array<std::string_view, 1> spellings{"IotJsonPathContentTemplate"};

  explicit IotJsonPathContent(aorta::Host host)
      : ContentTemplate(
            host, {.object_name = "IotJsonPathContentTemplate",
                   .value_name = "JsonPathValueExpression",
                   .fixed_device = "$.SystemProperties.iothub-connection-device-id",
                   .fixed_times = {"$.Properties.iothub-creation-time-utc", "$.SystemProperties.iothub-enqueuedtime"}}
        ) {}
};
AORTA_PLUGIN(IotJsonPathContent)
