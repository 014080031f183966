#include "core/mapping/near_miss_text.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/letter_case.hpp"
#include "core/base/text.hpp"
#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "core/document/node_path.hpp"

namespace aorta::mapping {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;
using expr::NearMiss;
using Cause = NearMiss::Cause;

constexpr std::size_t kLongestPreview = 60;
constexpr std::uint32_t kMembersShown = 12;

// A member and where it is.
struct Found {
  std::string name;
  const Node* node = nullptr;
};

class Sentence {
 public:
  Sentence(const NearMiss& miss, const Node& root) : miss_(miss), root_(root) {}

  std::string text() const {
    switch (miss_.cause) {
      case Cause::NoMember:
        return no_member();
      case Cause::NoElement:
        return no_element();
      case Cause::WrongKind:
        return wrong_kind();
      case Cause::Comparison:
        return comparison();
      case Cause::Falsy:
        return miss_.condition + " is " + shown(miss_.left) + where() + ", which counts as false";
      case Cause::TestsMembers:
        return miss_.broke + " tests the members of " + place() + ", not " + place() +
               " itself, which would match; write .." + miss_.broke;
      case Cause::Unknown:
        break;
    }
    return miss_.broke + " gives nothing on " + place();
  }

 private:
  // Where it broke: a place in the message, or the part of the expression that led there.
  std::string place() const {
    const Node* at = miss_.at;
    if (!at) return miss_.held;
    if (auto path = document::path_of(root_, *at)) return *path;
    return miss_.held.empty() ? "what it was tested on" : miss_.held;
  }
  std::string where() const {
    auto path = miss_.at ? document::path_of(root_, *miss_.at) : std::nullopt;
    return path ? " at " + *path : "";
  }
  static std::string shown(const Node* node) { return node ? preview(*node) : "nothing"; }

  // Names -------------------------------------------------------------------------------------------------------
  std::string no_member() const {
    std::string out = (miss_.scan ? "nothing" : place()) + (miss_.scan ? " has \"" : " has no \"") + miss_.name + "\"";
    std::string hint = hint_in(*miss_.at);
    if (!hint.empty()) return out + "; " + hint;
    if (hint = hint_elsewhere(); !hint.empty()) return out + "; " + hint;
    const Node& object = miss_.scan ? *largest_object() : *miss_.at;
    std::string names = member_names(object);
    if (names.empty()) return out;
    std::string owner = miss_.scan ? document::path_of(root_, object).value_or("it") : "it";
    return out + "; " + owner + " has: " + names + did_you_mean(miss_.name, names_of(object));
  }

  // The same name in another case, in the very object that was asked.
  std::string hint_in(const Node& object) const {
    if (miss_.scan) return {};
    for (Child c : Children(object)) {
      if (equals_ignoring_case(c.name, miss_.name)) return "\"" + std::string(c.name) + "\" differs only in case";
    }
    return {};
  }

  std::string hint_elsewhere() const {
    Found alike, same;
    look(root_, alike, same);
    if (same.node) return "it is at " + path(*same.node);
    if (!alike.node) return {};
    return "\"" + alike.name + "\" differs only in case (at " + path(*alike.node) + ")";
  }

  std::string path(const Node& node) const { return document::path_of(root_, node).value_or("?"); }

  // The first member anywhere with the name, and the first with the name in another case (as its object).
  void look(const Node& in, Found& alike, Found& same) const {
    for (Child c : Children(in)) {
      bool equal = c.named && equals_ignoring_case(c.name, miss_.name);
      if (equal && !alike.node && c.name != miss_.name) alike = {std::string(c.name), &in};
      if (equal && !same.node && c.name == miss_.name) same = {miss_.name, c.node};
      look(*c.node, alike, same);
    }
  }

  // The object below the body that has most to choose from: of a batch, a reading, not what is around it.
  const Node* largest_object() const {
    const Node* body = document::member(root_, "Body");
    const Node* largest = nullptr;
    look_for_largest(body ? *body : root_, largest);
    return largest ? largest : &root_;
  }
  static void look_for_largest(const Node& in, const Node*& largest) {
    if (in.kind == Kind::Object && (!largest || in.count > largest->count)) largest = &in;
    for (Child c : Children(in)) look_for_largest(*c.node, largest);
  }

  static std::vector<std::string> names_of(const Node& object) {
    std::vector<std::string> out;
    for (Child c : Children(object)) out.emplace_back(c.name);
    return out;
  }

  // Arrays and kinds --------------------------------------------------------------------------------------------
  std::string no_element() const {
    std::string kind(kind_name(miss_.at->kind));
    bool list = miss_.at->kind == Kind::Array;
    if (!list) return place() + " is no Array but " + a(kind) + "; " + miss_.broke + " gives nothing there";
    return miss_.broke + " gives nothing: " + place() + " is an Array of " + std::to_string(miss_.at->count);
  }

  std::string wrong_kind() const {
    std::string out =
        place() + " is " + a(std::string(kind_name(miss_.at->kind))) + ", so that " + miss_.broke + " gives nothing";
    return miss_.name.empty() ? out : out + name_elsewhere();
  }
  std::string name_elsewhere() const {
    std::string hint = hint_elsewhere();
    return hint.empty() ? hint : "; \"" + miss_.name + "\": " + hint;
  }
  static std::string a(const std::string& kind) {
    bool vowel = kind.starts_with("A") || kind.starts_with("O") || kind.starts_with("I");
    return (vowel ? "an " : "a ") + kind;
  }

  // Values ------------------------------------------------------------------------------------------------------
  std::string comparison() const {
    std::string out = miss_.condition + " is false" + where() + ": " + shown(miss_.left) + " and " + shown(miss_.right);
    return out + difference();
  }
  std::string difference() const {
    if (!miss_.left || !miss_.right) return {};
    if (miss_.left->kind != miss_.right->kind)
      return " (" + std::string(kind_name(miss_.left->kind)) + " and " + std::string(kind_name(miss_.right->kind)) +
             ")";
    bool texts = miss_.left->kind == Kind::String;
    return texts && equals_ignoring_case(miss_.left->text(), miss_.right->text()) ? ", which differ only in case" : "";
  }

  const NearMiss& miss_;
  const Node& root_;
};

}  // namespace

std::string near_miss_text(const expr::NearMiss& miss, const Node& root) { return Sentence(miss, root).text(); }

std::string shortened(std::string text) {
  if (text.size() <= kLongestPreview) return text;
  return std::string(whole_characters(text, kLongestPreview)) + "…";
}

std::string preview(const Node& node) {
  if (node.kind == Kind::Property) return preview(*(*Children(node).begin()).node);
  std::string out;
  document::append_json(out, node);
  return shortened(std::move(out));
}

std::string_view kind_name(Kind kind) {
  static constexpr std::array<std::string_view, 12> kNames{"null",    "undefined", "Boolean",  "Integer",
                                                           "Integer", "Float",     "String",   "Date",
                                                           "Array",   "Object",    "Property", "Constructor"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string member_names(const Node& object) {
  if (object.kind != Kind::Object) return {};
  std::string out;
  std::uint32_t shown = 0;
  for (Child c : Children(object)) {
    if (++shown > kMembersShown) return out + ", … (" + std::to_string(object.count) + " in all)";
    (out += out.empty() ? "" : ", ") += c.name;
  }
  return out;
}

}  // namespace aorta::mapping
