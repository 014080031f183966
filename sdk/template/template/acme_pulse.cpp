#include <aorta/plugin.hpp>

// { "templateType": "AcmePulse", "template": { "type": "heartrate" } }: messages { "watch", "at", "pulse" } as
// measurements.
struct AcmePulse {
  static constexpr std::string_view id = "AcmePulse";
  struct Config {
    std::string type;
  };
  static constexpr auto schema =
      aorta::schema<Config>(aorta::field("type", &Config::type, "Type of measurement").required());

  explicit AcmePulse(const Config& config) : type_(config.type) {}
  void apply(aorta::Document message, aorta::Measurements& out) {
    aorta::Node body = message.root()["Body"];
    std::string_view pulse;
    if (message.text(body["pulse"], pulse) != aorta::Document::Text::Found) return;
    auto at = message.time(body["at"]);
    if (!at) throw aorta::Reject("no-time", "A pulse has no \"at\", or one that is no date-time.");
    aorta_pair value{aorta::to_abi("pulse"), aorta::to_abi(pulse)};
    out.add({type_, body["watch"].text(), *at, {&value, 1}});
  }
  std::string type_;
};
AORTA_PLUGIN(AcmePulse)
