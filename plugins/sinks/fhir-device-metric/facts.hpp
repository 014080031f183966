// What measurements say of devices and metrics: for each text its newest value, and when that was.
#pragma once

#include <aorta/group_values.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mapping.hpp"

namespace device_metric {

struct Fact {
  std::string text;
  aorta_time at{};
};

// Of two values the newer one counts; of one time the later in the write.
inline void keep_newer(std::optional<Fact>& fact, std::string_view text, aorta_time at) {
  if (!aorta::blank(text) && (!fact || at.ticks >= fact->at.ticks)) fact = Fact{std::string(text), at};
}

struct DeviceFacts {
  std::optional<Fact> manufacturer, model, serial;
  std::vector<std::optional<Fact>> identifiers, versions;  // as the mapping lists them

  explicit DeviceFacts(const Device& device)
      : identifiers(device.identifiers.size()), versions(device.versions.size()) {}

  void take(const Device& device, const aorta::GroupMeasurement& m) {
    auto keep = [&](std::optional<Fact>& fact, const Source& source) {
      keep_newer(fact, aorta::first_value_of(m, source.from), m.occurred);
    };
    keep(manufacturer, device.manufacturer);
    keep(model, device.model);
    keep(serial, device.serial);
    for (std::size_t i = 0; i < identifiers.size(); ++i) keep(identifiers[i], device.identifiers[i].value);
    for (std::size_t i = 0; i < versions.size(); ++i) keep(versions[i], device.versions[i].value);
  }
};

struct MetricFacts {
  std::optional<Fact> status, calibrated;

  void take(const Metric& metric, const aorta::GroupMeasurement& m) {
    keep_newer(status, aorta::first_value_of(m, metric.status.from), m.occurred);
    if (metric.calibration) keep_newer(calibrated, aorta::first_value_of(m, metric.calibration->time.from), m.occurred);
  }
};

// Elements that change over time, laid over a stored resource. A message that comes late, or comes again, says nothing
// of what is known from a later time ("as of", an extension of the resource).
class Newest {
 public:
  explicit Newest(const aorta::Stored& existing)
      : as_of_(existing.time(aorta::extension_of(existing.root(), kExtension)["valueDateTime"])) {}

  // What the element is to be: the fact where it is news, else what is stored, else the mapping's own text.
  std::string of(const std::optional<Fact>& fact, std::string_view stored, std::string_view otherwise) {
    bool news = fact && (stored.empty() || !as_of_ || fact->at.ticks >= as_of_->ticks);
    if (!news) return std::string(stored.empty() ? otherwise : stored);
    if (stored != fact->text && (!changed_ || changed_->ticks < fact->at.ticks)) changed_ = fact->at;
    return fact->text;
  }

  void write(aorta::ResourceWriter& out) const {
    if (!changed_) return;
    aorta::JsonWriter& json = out.begin_extensions({kExtension});
    aorta::begin_extension(json, kExtension);
    bool newer = !as_of_ || as_of_->ticks < changed_->ticks;
    json.text("valueDateTime", aorta::fhir_time(newer ? *changed_ : *as_of_));
    json.end_object();
    json.end_list();
  }

 private:
  static constexpr std::string_view kExtension = "as-of";
  std::optional<aorta_time> as_of_;
  std::optional<aorta_time> changed_;
};

}  // namespace device_metric
