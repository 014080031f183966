// Where something with a numeric key stands in a list.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace aorta::group {

// Keys mostly rise, and are often few: then there is no table.
class Places {
 public:
  // The place of `key`, and false; or `next`, which is now its place, and true.
  std::pair<std::size_t, bool> find_or_add(std::int64_t key, std::size_t next) {
    if (rising_.empty() || rising_.back().first < key) {
      if (table_.empty()) {
        rising_.push_back({key, next});
        return {next, true};
      }
    } else if (rising_.back().first == key) {
      return {rising_.back().second, false};
    }
    return look_up(key, next);
  }
  void clear() {
    rising_.clear();
    if (!table_.empty()) table_.clear();  // sweeps all it ever had room for
  }

 private:
  std::pair<std::size_t, bool> look_up(std::int64_t key, std::size_t next) {
    auto found = std::lower_bound(rising_.begin(), rising_.end(), key, [](const auto& place, std::int64_t k) {
      return place.first < k;
    });
    if (found != rising_.end() && found->first == key) return {found->second, false};
    auto [late, fresh] = table_.try_emplace(key, next);
    return {late->second, fresh};
  }

  boost::container::small_vector<std::pair<std::int64_t, std::size_t>, 4> rising_;
  std::unordered_map<std::int64_t, std::size_t> table_;  // those that came when a greater one was there, and all after
};

}  // namespace aorta::group
