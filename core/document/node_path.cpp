#include "core/document/node_path.hpp"

#include <algorithm>
#include <functional>

namespace aorta::document {
namespace {

bool is_plain(char c) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

bool holds(const Node& tree, const Node& node) {
  std::less<const Node*> before;
  return !before(&node, &tree) && before(&node, &tree + tree.span);
}

}  // namespace

void append_member_step(std::string& out, std::string_view name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_plain)) {
    (out += '.') += name;
    return;
  }
  out += "['";
  for (char c : name) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += "']";
}

std::optional<std::string> path_of(const Node& root, const Node& node) {
  if (node.kind == Kind::Property) return path_of(root, *(*Children(node).begin()).node);
  if (!holds(root, node)) return std::nullopt;
  std::string path = "$";
  const Node* at = &root;
  while (at != &node) {
    std::size_t index = 0;
    const Node* next = nullptr;
    for (Child c : Children(*at)) {
      if (holds(*c.node, node)) {
        next = c.node;
        c.named ? append_member_step(path, c.name) : void((((path += '[') += std::to_string(index)) += ']'));
        break;
      }
      ++index;
    }
    if (!next) return std::nullopt;
    at = next;
  }
  return path;
}

}  // namespace aorta::document
