#include "core/pipeline/match.hpp"

#include <string_view>
#include <vector>

#include "core/base/number.hpp"
#include "core/document/convert.hpp"

namespace aorta::pipeline {
namespace {

using config::Value;
using document::Kind;
using document::Node;

constexpr std::size_t kLongestShown = 120;

std::string shown(const Node& node) {
  std::string out;
  document::append_json(out, node);
  if (out.size() > kLongestShown) out = out.substr(0, kLongestShown) + "…";
  return out;
}

class Matcher {
 public:
  std::optional<Mismatch> match(const Value& expected, const Node& actual, const std::string& path) {
    switch (expected.kind) {
      case Value::Kind::Map:
        return match_map(expected, actual, path);
      case Value::Kind::List:
        return match_list(expected, actual, path);
      default:
        return match_scalar(expected, actual, path);
    }
  }

 private:
  std::optional<Mismatch> differ(const Value& expected, const Node& actual, const std::string& path) const {
    return Mismatch{path, config::to_json(expected), shown(actual), agreed_};
  }

  std::optional<Mismatch> match_map(const Value& expected, const Node& actual, const std::string& path) {
    if (actual.kind != Kind::Object) return differ(expected, actual, path);
    for (const Value::Member& m : expected.members) {
      std::string below = path.empty() ? m.key : path + "." + m.key;
      const Node* child = document::member(actual, m.key);
      if (child == nullptr) return Mismatch{below, config::to_json(m.value), "nothing", agreed_};
      if (auto found = match(m.value, *child, below)) return found;
    }
    return std::nullopt;
  }

  // Each expected item takes the first actual one behind the one before; what is told is the mismatch that came
  // furthest.
  std::optional<Mismatch> match_list(const Value& expected, const Node& actual, const std::string& path) {
    if (actual.kind != Kind::Array) return differ(expected, actual, path);
    std::vector<const Node*> left;
    for (document::Child c : document::Children(actual)) left.push_back(c.node);
    std::size_t next = 0;
    for (std::size_t i = 0; i < expected.items.size(); ++i) {
      std::string below = path + "[" + std::to_string(i) + "]";
      if (auto found = match_next(expected.items[i], left, next, below)) return found;
    }
    return std::nullopt;
  }

  std::optional<Mismatch> match_next(
      const Value& expected, const std::vector<const Node*>& actual, std::size_t& next, const std::string& path
  ) {
    std::optional<Mismatch> nearest;
    int agreed = agreed_;
    while (next < actual.size()) {
      agreed_ = agreed;
      auto found = match(expected, *actual[next++], path);
      if (!found) return std::nullopt;
      if (!nearest || found->agreed > nearest->agreed) nearest = found;
    }
    return nearest ? nearest : Mismatch{path, config::to_json(expected), "nothing", agreed_};
  }

  std::optional<Mismatch> match_scalar(const Value& expected, const Node& actual, const std::string& path) {
    if (!equal_scalar(expected, actual)) return differ(expected, actual, path);
    ++agreed_;
    return std::nullopt;
  }

  static bool equal_scalar(const Value& expected, const Node& actual) {
    switch (expected.kind) {
      case Value::Kind::Null:
        return actual.kind == Kind::Null;
      case Value::Kind::Bool:
        return actual.kind == Kind::Boolean && actual.boolean == expected.truth();
      case Value::Kind::Number:
        return actual.is_number() &&
               (actual.text() == expected.text || parse_float(actual.text()) == parse_float(expected.text));
      case Value::Kind::String:
        return actual.kind == Kind::String && actual.text() == expected.text;
      default:
        return false;
    }
  }

  int agreed_ = 0;
};

}  // namespace

std::optional<Mismatch> find_mismatch(const Value& expected, const Node& actual) {
  return Matcher().match(expected, actual, "");
}

}  // namespace aorta::pipeline
