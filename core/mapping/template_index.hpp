// Which templates of a mapping a message may match, told by the names of its members, so that a thousand templates cost
// little more than one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/document/document.hpp"

namespace aorta::mapping {

// Each template stands under one of the names that it can not do without: the one that the fewest others need too. A
// message's names are looked up once; only what stands under them is tried. Immutable, for any number of threads.
class TemplateIndex {
 public:
  // Knows no template.
  TemplateIndex() = default;
  // `required[i]`: the names without any one of which template i gives nothing and does not fail. Empty: it is always a
  // candidate.
  explicit TemplateIndex(const std::vector<std::vector<std::string>>& required);

  // Few templates are tried faster than looked up.
  bool is_worthwhile() const { return indexed_ >= kFewest; }
  // The templates to try on an envelope, ascending. They live in the message's arena; the time taken depends on the
  // message and on what is found, not on how many templates there are.
  std::span<const std::uint32_t> candidates(document::Document& message) const;

 private:
  static constexpr std::size_t kFewest = 4;
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Name {
    std::string text;
    std::vector<std::uint32_t> templates;
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t name = kNone;
  };

  void build_slots();
  std::uint32_t find(std::string_view name) const;

  std::vector<Name> names_;
  std::vector<Slot> slots_;            // open addressing, a power of two, at most half full
  std::vector<std::uint32_t> always_;  // ascending
  std::size_t indexed_ = 0;
};

}  // namespace aorta::mapping
