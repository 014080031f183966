// A file with a secret, read again when somebody has written it anew: passwords and tokens are rotated that way.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta {

// What a reference to a file takes of its text: all of it but the end of its last line.
std::string_view without_line_end(std::string_view text);

// Not thread-safe. Nothing of its content stands in an error.
class SecretFile {
 public:
  static constexpr std::size_t kMostBytes = 64 * 1024;

  explicit SecretFile(std::string path) : path_(std::move(path)) {}

  // Its whole text, until the next call. Reason of failure, retryable: "secret/unavailable" (no regular file, no right
  // to read it, more than kMostBytes).
  Result<std::string_view> text();
  // The next text() reads the file in any case: two changes within one tick of the file system's clock look like one.
  void forget() { known_ = false; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string text_;
  std::filesystem::file_time_type changed_{};
  bool known_ = false;
};

}  // namespace aorta
