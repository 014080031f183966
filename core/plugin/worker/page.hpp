// Where a long payload is put together.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

// In the slot that it is to be posted from, and, once it has outgrown that, in memory of its own. Its memory is used
// again.
class Page {
 public:
  // Empty. The slot is this side's until it is posted.
  void open(char* slot, std::size_t size) {
    data_ = slot;
    capacity_ = size;
    used_ = 0;
  }
  // To be filled at once.
  Filler room(std::size_t size) {
    if (size > capacity_ - used_) grow(size);
    used_ += size;
    return Filler(data_ + used_ - size);
  }
  void add(std::string_view bytes) { room(bytes.size()).bytes(bytes); }
  // What was filled before, to be filled again.
  Filler at(std::size_t place) { return Filler(data_ + place); }

  std::size_t size() const { return used_; }
  bool has_outgrown_slot() const { return data_ == own_.get(); }
  std::string_view payload() const { return {data_, used_}; }

 private:
  void grow(std::size_t size) {
    std::size_t capacity = std::max(2 * capacity_, used_ + size);
    auto grown = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(grown.get(), data_, used_);
    own_ = std::move(grown);
    data_ = own_.get();
    capacity_ = capacity;
  }

  char* data_ = nullptr;
  std::size_t capacity_ = 0, used_ = 0;
  std::unique_ptr<char[]> own_;
};

}  // namespace aorta::plugin::worker
