// What a mapping file of fhir-device-metric says.
#pragma once

#include <aorta/fhir_types.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace device_metric {

// Where a text comes from: the first of these values that a measurement has, else `text`.
struct Source {
  std::vector<std::string> from;
  std::string text;
  static constexpr auto schema = aorta::schema<Source>(
      aorta::field("from", &Source::from, "Names of values, the first one that a measurement has counts"),
      aorta::field("text", &Source::text, "What it is where no measurement says it")
  );
};

struct DeviceIdentifier {
  std::string system;
  aorta::CodeableConcept type;
  Source value;
  static constexpr auto schema = aorta::schema<DeviceIdentifier>(
      aorta::field("system", &DeviceIdentifier::system, "The identifier's system").required(),
      aorta::field("type", &DeviceIdentifier::type, "What kind of identifier it is"),
      aorta::field("value", &DeviceIdentifier::value, "The identifier itself").required()
  );
};

struct Version {
  aorta::CodeableConcept type;
  Source value;
  static constexpr auto schema = aorta::schema<Version>(
      aorta::field("type", &Version::type, "Of what it is the version: firmware, hardware, …").required(),
      aorta::field("value", &Version::value, "The version itself").required()
  );
};

struct Specialization {
  aorta::CodeableConcept type;
  std::string version;
  static constexpr auto schema = aorta::schema<Specialization>(
      aorta::field("type", &Specialization::type, "The standard the device keeps to").required(),
      aorta::field("version", &Specialization::version, "The standard's version")
  );
};

struct Device {
  std::string profile;
  aorta::CodeableConcept type;
  std::vector<DeviceIdentifier> identifiers;
  Source manufacturer, model, serial;
  std::vector<Version> versions;
  std::vector<Specialization> specializations;
  static constexpr auto schema = aorta::schema<Device>(
      aorta::field("profile", &Device::profile, "A profile for meta.profile"),
      aorta::field("type", &Device::type, "Device.type"),
      aorta::field("identifiers", &Device::identifiers, "Further identifiers, such as the EUI-64"),
      aorta::field("manufacturer", &Device::manufacturer, "Device.manufacturer"),
      aorta::field("model", &Device::model, "Device.modelNumber"),
      aorta::field("serial", &Device::serial, "Device.serialNumber"),
      aorta::field("versions", &Device::versions, "Device.version"),
      aorta::field("specializations", &Device::specializations, "Device.specialization")
  );
};

struct Word {
  std::string word, is;
  static constexpr auto schema = aorta::schema<Word>(
      aorta::field("word", &Word::word, "What the device says").required(),
      aorta::field("is", &Word::is, "What FHIR calls it").required().one_of("on", "off", "standby", "entered-in-error")
  );
};

struct Status {
  std::vector<std::string> from;
  std::optional<std::string> text;
  std::vector<Word> words;
  static constexpr auto schema = aorta::schema<Status>(
      aorta::field("from", &Status::from, "Names of values, the first one that a measurement has counts"),
      aorta::field("text", &Status::text, "What it is where no measurement says it")
          .one_of("on", "off", "standby", "entered-in-error"),
      aorta::field("words", &Status::words, "The device's own words, where they are not FHIR's")
  );
};

struct Calibration {
  std::optional<std::string> type, state;
  Source time;
  static constexpr auto schema = aorta::schema<Calibration>(
      aorta::field("type", &Calibration::type, "How").one_of("unspecified", "offset", "gain", "two-point"),
      aorta::field("state", &Calibration::state, "Whether")
          .one_of("not-calibrated", "calibration-required", "calibrated", "unspecified"),
      aorta::field("time", &Calibration::time, "When: an ISO date-time with zone, or a date of the message")
  );
};

struct Metric {
  std::string name, type_name, profile;
  aorta::CodeableConcept type, unit;
  std::string category = "measurement";
  std::optional<std::string> color;
  Status status;
  std::optional<std::chrono::milliseconds> every;
  std::optional<Calibration> calibration;
  static constexpr auto schema = aorta::schema<Metric>(
      aorta::field("name", &Metric::name, "Part of its identifier: unique, never to be changed").required(),
      aorta::field("typeName", &Metric::type_name, "Type of the measurements it measures").required(),
      aorta::field("profile", &Metric::profile, "A profile for meta.profile"),
      aorta::field("type", &Metric::type, "DeviceMetric.type").required(),
      aorta::field("unit", &Metric::unit, "DeviceMetric.unit"),
      aorta::field("category", &Metric::category, "DeviceMetric.category")
          .one_of("measurement", "setting", "calculation", "unspecified"),
      aorta::field("color", &Metric::color, "DeviceMetric.color")
          .one_of("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"),
      aorta::field("operationalStatus", &Metric::status, "DeviceMetric.operationalStatus"),
      aorta::field("every", &Metric::every, "DeviceMetric.measurementPeriod: how often it measures").min(1),
      aorta::field("calibration", &Metric::calibration, "DeviceMetric.calibration")
  );
};

struct Mapping {
  std::optional<Device> device;
  std::vector<Metric> metrics;
  static constexpr auto schema = aorta::schema<Mapping>(
      aorta::field("device", &Mapping::device, "What is known of every device of the pipeline"),
      aorta::field("metrics", &Mapping::metrics, "What they measure")
  );
};

}  // namespace device_metric
