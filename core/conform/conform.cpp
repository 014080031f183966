#include "core/conform/conform.hpp"

#include <algorithm>
#include <array>
#include <istream>
#include <ostream>

#include "core/conform/kinds.hpp"

namespace aorta::conform {
namespace {

struct Kind {
  std::string_view name;
  Handler handler;
};

constexpr std::array<Kind, 0> kKinds{};

Answer answer(const boost::json::object& request) {
  std::string_view kind = text_of(request, "kind");
  for (const Kind& k : kKinds) {
    if (k.name == kind) return k.handler(request);
  }
  return error_answer("unsupported", "no such kind: \"" + std::string(kind) + "\"");
}

std::string answer_line(const std::string& line) {
  boost::json::error_code ec;
  boost::json::value value = boost::json::parse(line, ec);
  if (ec || !value.is_object()) return "{\"id\":null," + error_answer("request", "the line is no JSON object") + "}";
  const boost::json::object& request = value.get_object();
  const boost::json::value* id = request.if_contains("id");
  std::string out = "{\"id\":" + (id ? boost::json::serialize(*id) : "null") + ",";
  try {
    return out + answer(request) + "}";
  } catch (const std::exception& e) {
    return out + error_answer("broken", e.what()) + "}";
  }
}

}  // namespace

Answer error_answer(std::string_view error_class, std::string_view message) {
  return "\"error\":{\"class\":" + boost::json::serialize(boost::json::string(error_class)) +
         ",\"message\":" + boost::json::serialize(boost::json::string(message)) + "}";
}

std::string_view text_of(const boost::json::object& request, std::string_view key) {
  const boost::json::value* v = request.if_contains(key);
  return v && v->is_string() ? std::string_view(v->get_string()) : std::string_view();
}

int run(std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) out << answer_line(line) << '\n' << std::flush;
  }
  return 0;
}

}  // namespace aorta::conform
