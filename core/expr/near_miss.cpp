#include "core/expr/near_miss.hpp"

#include <algorithm>

#include "core/base/letter_case.hpp"

namespace aorta::expr {

bool has_alike(const document::Node& node, std::string_view name) {
  if (node.kind != document::Kind::Object) return false;
  for (document::Child c : document::Children(node)) {
    if (equals_ignoring_case(c.name, name)) return true;
  }
  return false;
}

}  // namespace aorta::expr
