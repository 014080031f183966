// JSONPath below the matched export record of IoT Central: device and time come from the record (device-mapping
// spec 4.3).
#include <aorta/content_template.hpp>

struct IotCentralJsonPathContent : aorta::ContentTemplate {
  static constexpr std::string_view id = "IotCentralJsonPathContent";
  static constexpr std::string_view summary = "Values by JSONPath; device and time from the IoT Central export record";

  explicit IotCentralJsonPathContent(aorta::Host host)
      : ContentTemplate(
            host, {.object_name = "IotCentralJsonPathContentTemplate",
                   .value_name = "JsonPathValueExpression",
                   .fixed_device = "$.deviceId",
                   .fixed_times = {"$.enqueuedTime"}}
        ) {}
};
AORTA_PLUGIN(IotCentralJsonPathContent)
