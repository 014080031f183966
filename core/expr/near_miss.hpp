// Why an expression selected nothing: how far it got, and what broke it. Found by evaluating its parts with the same
// evaluator, for people who ask; never part of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/document/node.hpp"

namespace aorta::expr {

// Its nodes are of the document that was asked and, for literals, of the expression: both must outlive it.
struct NearMiss {
  enum class Cause : std::uint8_t {
    Unknown,      // no more can be said than that `broke` gave nothing
    NoMember,     // `at` (or, for a scan, anything below it) has no member `name`
    NoElement,    // `at` is no array, or one too short
    WrongKind,    // `at` is not what `broke` can look into (an object, an array)
    Comparison,   // `condition` does not hold for `left` and `right`
    Falsy,        // `left`, what `condition` gives, counts as false
    TestsMembers  // a filter on an object tests its members; the object `at` itself would have held
  };
  Cause cause = Cause::Unknown;
  std::string held = {};                            // the longest part from the left that still gave something
  std::vector<const document::Node*> reached = {};  // the first of what it gave
  std::string broke = {};                           // the part behind it
  const document::Node* at = nullptr;               // the node that came nearest
  std::string name = {};                            // NoMember
  bool scan = false;                                // NoMember: looked for at any depth
  std::string condition = {};                       // Comparison, Falsy
  const document::Node* left = nullptr;             // Comparison, Falsy
  const document::Node* right = nullptr;            // Comparison
  // How near it was, to choose among several: conditions that held, then steps that gave something.
  std::size_t score = 0;
};

// How many nodes `reached` holds at most.
inline constexpr std::size_t kReachedShown = 8;
// How many nodes a filter is asked for at most.
inline constexpr std::size_t kCandidates = 5'000;

// Which of two misses is nearer; the first of equals.
inline bool nearer(const NearMiss& a, const NearMiss& b) { return a.score > b.score; }

// Scores of one condition: that it held weighs more than how far the one behind it got.
inline constexpr std::size_t kScoreHeld = 10'000;
inline constexpr std::size_t kScoreStep = 10;
inline constexpr std::size_t kScoreCompared = 1'000;
inline constexpr std::size_t kScoreAlike = 1;  // has the name in another case

// Whether `node` is an object with a member called `name` but for letter case.
bool has_alike(const document::Node& node, std::string_view name);

}  // namespace aorta::expr
