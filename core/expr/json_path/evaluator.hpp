// Walks a JSONPath program over a document.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/document/node.hpp"
#include "core/expr/expression.hpp"
#include "core/expr/json_path/operators.hpp"
#include "core/expr/json_path/program.hpp"

namespace aorta::expr::json_path {

enum class Flow : std::uint8_t { Go, Stop, Fail };

// What takes results as they are found, so that later steps run before earlier ones have found everything, as the
// reference's iterators do.
class Sink {
 public:
  virtual Flow take(const document::Node& node) = 0;

 protected:
  ~Sink() = default;
};

// One evaluation. Depth of the walk is bounded, and so is the number of steps: in proportion to the size of the
// message, so that no honest expression over a large message meets the limit.
class Evaluator {
 public:
  // `stack` (usually the result's own list) is used beyond its end for intermediate results and left as it was.
  Evaluator(
      const Program& program, const document::Node& root, Arena& arena, std::vector<const document::Node*>& stack
  );

  Flow walk(const Path& path, const document::Node& from, Sink& sink);
  // After Flow::Fail: why, and where in the expression.
  std::string_view cause() const { return cause_; }
  std::size_t offset() const { return offset_; }
  bool too_costly() const { return too_costly_; }

  // The node as it may be kept: what a filter made of a member lives in the arena.
  const document::Node* keep(const document::Node& node);

 private:
  using Node = document::Node;

  struct Place {  // where a walk stands: the rest of a path and what takes its results
    const Path* path;
    std::size_t next;
    Sink* sink;
  };

  Flow follow(const Route& route, const Node& from, const Node*& found) {
    std::uint64_t cost = 0;
    found = route.follow(from, cost);
    return spend(cost) ? Flow::Go : out_of_steps();
  }
  Flow arrive(const Place& rest, const Node& node);
  Flow advance(Place place, const Node& node);
  Flow branch(const Step& step, Place rest, const Node& node);
  Flow visit(Place rest, const Node& node);
  Flow child(const Step& step, const Node& node, const Node*& found);
  Flow element_at(const Step& step, std::int32_t position, const Node& node, const Node*& found);

  // Steps that give several results.
  Flow each_child(Place rest, const Node& node);
  Flow named_members(const Step& step, Place rest, const Node& node);
  Flow listed_elements(const Step& step, Place rest, const Node& node);
  Flow slice(const Step& step, Place rest, const Node& node);
  Flow scan_names(const Step& step, Place rest, const Node& node);
  Flow scan_any(Place rest, const Node& node);
  Flow filter(const Step& step, Place rest, const Node& node);
  Flow scan_filter(const Step& step, Place rest, const Node& node);
  Flow offer(const Predicate& predicate, Place rest, const Node& node);
  Flow offer_objects(const Predicate& predicate, Place rest, const Node& node);
  template <class Each>
  Flow each_descendant(const Node& node, Each&& each);
  template <class Each>
  Flow each_linked_descendant(const Node& node, Each& each);

  // Conditions (conditions.cpp). Stop: holds. Go: does not hold.
  Flow test(const Predicate& predicate, const Node& node);
  Flow test(const Term& term, const Node& node);
  Flow test_exists(const Path& path, const Node& node);
  Flow test_pair(const Term& term, const Node& node);
  Flow test_pairs(const Term& term, const Node& node);
  Flow decide(const Term& term, const Node& left, const Node& right);
  // The only node a side gives, or nullptr; for literals and definite paths.
  Flow only(const Side& side, const Node& node, const Node*& found);
  Flow results(const Side& side, const Node& node, Sink& sink);

  bool spend(std::uint64_t steps) {
    if (steps > steps_) return false;
    steps_ -= steps;
    return true;
  }
  Flow fail(std::size_t offset, std::string_view cause);
  Flow out_of_steps();
  Flow too_deep();

  friend class Pairs;
  friend class NearMissFinder;  // explain.cpp

  const Program& program_;
  const Node* root_;
  Arena& arena_;
  std::vector<const Node*>& stack_;
  std::uint64_t steps_;
  int depth_ = 0;
  std::string_view cause_;
  std::size_t offset_ = 0;
  bool too_costly_ = false;
};

}  // namespace aorta::expr::json_path
