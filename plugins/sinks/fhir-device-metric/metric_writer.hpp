// The elements of a DeviceMetric.
#pragma once

#include <aorta/fhir.hpp>

#include "facts.hpp"

namespace device_metric {

class MetricWriter {
 public:
  // `device`: the FHIR id of the Device whose metric it is.
  MetricWriter(
      const Metric& metric, const MetricFacts& facts, std::string_view device, aorta::ResourceWriter& out,
      const aorta::Stored& existing
  )
      : metric_(metric), facts_(facts), device_(device), out_(out), existing_(existing), newest_(existing) {}

  void write(const aorta::Identifier& identifier) {
    out_.profile(metric_.profile);
    out_.identifier(identifier);
    out_.code("type", metric_.type);
    out_.code("unit", metric_.unit);
    out_.reference("source", "Device", device_);
    write_status();
    if (metric_.color) out_.text("color", *metric_.color);
    out_.text("category", metric_.category);
    if (metric_.every) write_period();
    if (metric_.calibration) write_calibration();
    newest_.write(out_);
  }

 private:
  void write_status() {
    std::string status =
        newest_.of(facts_.status, existing_["operationalStatus"].text(), metric_.status.text.value_or(""));
    if (!status.empty()) out_.text("operationalStatus", status);
  }

  void write_period() {
    aorta::JsonWriter& json = out_.element("measurementPeriod");
    json.begin_object("measurementPeriod");
    json.begin_object("repeat");
    json.raw("frequency", "1");
    json.number("period", static_cast<double>(metric_.every->count()) / 1000);
    json.text("periodUnit", "s");
    json.end_object();
    json.end_object();
  }

  void write_calibration() {
    const Calibration& calibration = *metric_.calibration;
    aorta::Node stored;
    for (aorta::NodeChild child : existing_["calibration"].children()) stored = child.value;
    std::string time = newest_.of(facts_.calibrated, stored["time"].text(), calibration.time.text);
    aorta::JsonWriter& json = out_.element("calibration");
    json.begin_list("calibration");
    json.begin_object();
    json.filled("type", calibration.type.value_or(""));
    json.filled("state", calibration.state.value_or(""));
    json.filled("time", time);
    json.end_object();
    json.end_list();
  }

  const Metric& metric_;
  const MetricFacts& facts_;
  std::string_view device_;
  aorta::ResourceWriter& out_;
  const aorta::Stored& existing_;
  Newest newest_;
};

}  // namespace device_metric
