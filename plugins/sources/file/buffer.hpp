// Bytes read and not yet handed over.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace file_source {

class Buffer {
 public:
  std::string_view window() const { return {bytes_.data() + begin_, end_ - begin_}; }
  // The bytes stay in memory until the next room().
  void consume(std::size_t count) { begin_ += count; }
  void clear() { begin_ = end_ = 0; }

  // At least `size` writable bytes behind the window; what was written is added with grow(). Moves the window.
  char* room(std::size_t size) {
    if (bytes_.size() - end_ < size) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
      if (bytes_.size() - end_ < size) bytes_.resize(bytes_.size() * 2 + size);
    }
    return bytes_.data() + end_;
  }
  void grow(std::size_t count) { end_ += count; }

 private:
  std::vector<char> bytes_ = std::vector<char>(1 << 16);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace file_source
