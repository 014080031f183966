#include <boost/json.hpp>
#include <ostream>

#include "core/cli/explain_json.hpp"
#include "core/cli/explain_view.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using mapping::Measurement;
using pipeline::ExplainedWindow;
using pipeline::SinkPreview;
using pipeline::WindowGroup;

json::value text_or_null(const std::optional<std::string>& text) { return text ? json::value(*text) : json::value(); }

json::object json_of(const ExplainedWindow::Message& message, std::size_t line) {
  json::object out{{"bytes", message.bytes}, {"measurements", json::value_from(message.measurements)}};
  if (line > 0) out["line"] = line;
  add_end(out, message);
  return out;
}

json::object json_of(const Measurement& m) {
  json::array values;
  for (const mapping::Value& value : m.values)
    values.push_back({{"name", value.name}, {"text", text_or_null(value.text)}});
  return {
      {"type", m.type},
      {"time", round_trip_text(m.occurred)},
      {"device", m.device},
      {"patient", text_or_null(m.patient)},
      {"encounter", text_or_null(m.encounter)},
      {"correlation", text_or_null(m.correlation)},
      {"values", std::move(values)}};
}

json::object json_of(const WindowGroup& group) {
  json::array left_out;
  for (const WindowGroup::LeftOut& one : group.left_out)
    left_out.push_back({{"measurement", one.measurement}, {"by", one.by}});
  json::object out{
      {"measurements", json::value_from(group.measurements)},
      {"left_out", std::move(left_out)},
      {"joined_alike", json::value_from(group.joined_alike)}};
  if (!group.apart) return out;
  json::array names(group.apart->names.begin(), group.apart->names.end());
  out["apart"] = {{"group", group.apart->group}, {"names", std::move(names)}};
  return out;
}

}  // namespace

void show_window_json(Context& context, const WindowView& view) {
  json::array messages, measurements, groups, sinks;
  for (std::size_t i = 0; i < view.window.messages.size(); ++i)
    messages.push_back(json_of(view.window.messages[i], i < view.lines.size() ? view.lines[i] : 0));
  for (const Measurement& one : view.window.measurements) measurements.push_back(json_of(one));
  for (const WindowGroup& one : view.window.groups) groups.push_back(json_of(one));
  for (const SinkPreview& one : view.window.sinks) sinks.push_back(json_of(one));
  context.out << json::serialize(json::object{
                     {"messages", std::move(messages)},
                     {"measurements", std::move(measurements)},
                     {"groups", std::move(groups)},
                     {"sinks", std::move(sinks)},
                     {"max_measurements", view.window.max_measurements}})
              << "\n";
}

}  // namespace aorta::cli
