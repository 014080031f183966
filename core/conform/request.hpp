// Reading requests and writing answers: what the kinds of groups and Observations share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/conform/conform.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/group/group.hpp"
#include "core/mapping/device_mapping.hpp"

namespace aorta::conform {

// The text of a string; nothing for all else.
std::optional<std::string> optional_of(const document::Node* node);
bool is_true(const document::Node* node);
// A member of the request, or a node without children.
const document::Node& list_of(const document::Node& request, std::string_view name);
Answer error_of(std::string_view error_class, const Error& error);
// A device mapping over the template plugins that are installed.
mapping::DeviceMapping load_with_plugins(std::string_view text);
void nullable(fhir::JsonWriter& out, std::string_view name, const std::optional<std::string>& text);
// data() == nullptr: null.
void nullable(fhir::JsonWriter& out, std::string_view name, std::string_view text);

// The members that `write` puts into an object, without its braces.
template <class Write>
Answer members(Write write) {
  std::string json;
  fhir::JsonWriter out(json);
  out.begin_object();
  write(out);
  out.end_object();
  return json.substr(1, json.size() - 2);
}

// {occurrenceTimeUtc, properties} as `observation_groups` and the steps of `observation` have them.
Result<group::MemberBuffer> read_measurements(
    const document::Node& list, std::string_view type, const std::optional<std::string>& correlation
);
// [[time, text or null], …]. The texts are the request's.
Result<std::vector<group::TimedValue>> read_values(const document::Node& list);

}  // namespace aorta::conform
