// Where something with a numeric key stands in a list.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace aorta::group {

// The first few keys are looked through one by one: most groups have no more, and a table would cost them more than all
// the rest.
class Places {
 public:
  // The place of `key`, and false; or `next`, which is now its place, and true.
  std::pair<std::size_t, bool> find_or_add(std::int64_t key, std::size_t next) {
    for (std::size_t i = 0; i < used_; ++i) {
      if (few_[i].first == key) return {few_[i].second, false};
    }
    if (used_ < few_.size()) {
      few_[used_++] = {key, next};
      return {next, true};
    }
    auto [found, fresh] = many_.try_emplace(key, next);
    return {found->second, fresh};
  }

 private:
  std::array<std::pair<std::int64_t, std::size_t>, 4> few_;
  std::size_t used_ = 0;
  std::unordered_map<std::int64_t, std::size_t> many_;
};

}  // namespace aorta::group
