#include "core/base/secret_file.hpp"

#include <fstream>
#include <iterator>
#include <optional>

namespace aorta {
namespace {

std::optional<std::string> read(const std::string& path) {
  std::error_code fault;
  if (!std::filesystem::is_regular_file(path, fault)) return std::nullopt;  // a pipe would be waited for
  if (std::filesystem::file_size(path, fault) > SecretFile::kMostBytes || fault) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  bool whole = in.is_open() && !in.bad() && text.size() <= SecretFile::kMostBytes;
  return whole ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Result<std::string_view> SecretFile::text() {
  std::error_code fault;
  std::filesystem::file_time_type changed = std::filesystem::last_write_time(path_, fault);
  if (known_ && !fault && changed == changed_) return std::string_view(text_);
  known_ = false;
  std::optional<std::string> now = read(path_);
  if (!now)
    return Error(
        "secret/unavailable", path_ + ": the secret in it cannot be read; it must be a file of at most 64 KiB", true
    );
  text_ = std::move(*now);
  changed_ = changed;
  known_ = !fault;
  return std::string_view(text_);
}

}  // namespace aorta
