#include "tests/fuzz/support/outline.hpp"

#include <bit>
#include <cmath>

#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "tests/fuzz/support/property.hpp"

namespace aorta::fuzz {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

class Outliner {
 public:
  void add(const Node& node) {
    if (left_ == 0) return;
    --left_;
    out_ += static_cast<char>('A' + static_cast<int>(node.kind));
    value(node);
    for (Child c : Children(node)) {
      if (c.named) quoted(c.name);
      add(*c.node);
    }
    out_ += ';';
  }
  std::string take() { return std::move(out_); }

 private:
  void value(const Node& node) {
    switch (node.kind) {
      case Kind::Boolean:
        out_ += node.boolean ? '1' : '0';
        return;
      case Kind::Date:
        out_ += static_cast<char>('0' + node.zone);
        [[fallthrough]];
      case Kind::Integer:
        out_ += std::to_string(node.integer);
        return;
      case Kind::Float:
        out_ += std::isnan(node.number) ? "nan" : std::to_string(std::bit_cast<std::uint64_t>(node.number));
        return;
      case Kind::BigInteger:
        document::append_json(out_, node);
        return;
      case Kind::String:
      case Kind::Property:
      case Kind::Constructor:
        quoted(node.text());
        return;
      default:
        return;
    }
  }
  void quoted(std::string_view text) {
    out_ += std::to_string(text.size());
    out_ += ':';
    out_ += text;
  }

  std::string out_;
  std::size_t left_ = 20'000;
};

}  // namespace

std::string outline(const Node& node) {
  Outliner out;
  out.add(node);
  return out.take();
}

std::string outline(const expr::Tokens& tokens) {
  Outliner out;
  for (const Node* node : tokens.nodes) out.add(*node);
  return (tokens.projection ? "projection " : "") + out.take();
}

std::string outline(const Result<void>& result) {
  if (!result.has_error()) return "ok";
  return std::string(result.error().reason()) + ": " + result.error().text();
}

std::string outline(const std::vector<mapping::Problem>& problems) {
  std::string out;
  for (const mapping::Problem& problem : problems) {
    require(!problem.message.empty(), "a problem says what is wrong");
    require(is_utf8(problem.message, Surrogates::Allow), "a problem is valid UTF-8");
    require(problem.position.line >= 0 && problem.position.column >= 0, "a problem has a place or none");
    out += std::to_string(problem.position.line) + ':' + std::to_string(problem.position.column) + ' ';
    out += problem.message + '\n';
  }
  return out;
}

}  // namespace aorta::fuzz
