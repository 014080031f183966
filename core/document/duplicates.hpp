// Members of one name: the last value stays, at the place of the first.
#pragma once

#include <vector>

#include "core/document/document.hpp"

namespace aorta::document {

// Rewrites the object at `object`, the last thing on a tape of `used` nodes, so that no name occurs twice. Returns the
// nodes then used. O(n log n) in the members, whatever their names. `places` follows the tape where it is not empty.
std::size_t merge_duplicates(
    std::vector<Node>& tape, std::vector<Document::Place>& places, std::size_t object, std::size_t used
);

}  // namespace aorta::document
