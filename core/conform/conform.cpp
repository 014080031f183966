#include "core/conform/conform.hpp"

#include <algorithm>
#include <array>
#include <istream>
#include <ostream>

#include "core/conform/kinds.hpp"
#include "core/document/convert.hpp"

namespace aorta::conform {
namespace {

struct Kind {
  std::string_view name;
  Handler handler;
};

constexpr auto kKinds = std::to_array<Kind>({
    {"jmespath", jmes_path},
    {"jsonpath", json_path},
    {"device_mapping", device_mapping},
    {"normalize", normalize},
    {"partition_key", partition_key},
    {"measurement_groups", measurement_groups},
    {"observation_groups", observation_groups},
    {"sampled_data", sampled_data},
    {"create_observation", create_observation},
    {"merge_observation", merge_observation},
    {"observation", observation},
    {"identity", identity},
    {"fhir_mapping", fhir_mapping},
    {"validate", validate},
});

Answer answer(const document::Node& request) {
  std::string_view kind = text_of(request, "kind");
  for (const Kind& k : kKinds) {
    if (k.name == kind) return k.handler(request);
  }
  return error_answer("unsupported", "no such kind: \"" + std::string(kind) + "\"");
}

std::string answer_line(const std::string& line) {
  document::Document request;
  if (request.read_value(line, document::kPlainJson).has_error() || request.root().kind != document::Kind::Object) {
    return "{\"id\":null," + error_answer("request", "the line is no JSON object") + "}";
  }
  std::string out = "{\"id\":";
  document::append_json_string(out, text_of(request.root(), "id"));
  try {
    return out + "," + answer(request.root()) + "}";
  } catch (const std::exception& e) {
    return out + "," + error_answer("broken", e.what()) + "}";
  }
}

}  // namespace

Answer error_answer(std::string_view error_class, std::string_view message) {
  Answer out = "\"error\":{\"class\":";
  document::append_json_string(out, error_class);
  out += ",\"message\":";
  document::append_json_string(out, message);
  return out + "}";
}

std::string_view text_of(const document::Node& request, std::string_view key) {
  return document::string_of(document::member(request, key));
}

int run(std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) out << answer_line(line) << '\n' << std::flush;
  }
  return 0;
}

}  // namespace aorta::conform
