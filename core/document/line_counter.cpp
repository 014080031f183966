#include "core/document/reader.hpp"

namespace aorta::document {

// "\r\n" counts once: the line ends at its "\n".
Position LineCounter::at(std::size_t offset) {
  for (; done_ < offset; ++done_) {
    auto c = static_cast<unsigned char>(text_[done_]);
    bool line_end = c == '\n' || (c == '\r' && !(done_ + 1 < text_.size() && text_[done_ + 1] == '\n'));
    if (line_end) {
      position_ = {position_.line + 1, 0};
    } else if ((c & 0xC0) != 0x80) {
      position_.column += c >= 0xF0 ? 2 : 1;
    }
  }
  return position_;
}

}  // namespace aorta::document
