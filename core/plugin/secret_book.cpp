#include "core/plugin/secret_book.hpp"

#include <algorithm>
#include <utility>

#include "core/base/unicode.hpp"

namespace aorta::plugin {

SecretBook::SecretBook(std::vector<SecretOrigin> origins) : origins_(std::move(origins)) {
  for (const SecretOrigin& origin : origins_) files_.emplace_back(origin.file);
}

Result<std::string> SecretBook::read(std::string_view member) {
  auto found = std::find_if(origins_.begin(), origins_.end(), [&](const auto& one) { return one.member == member; });
  if (found == origins_.end())
    return Error(
        "secret/unknown",
        "the configuration has no member \"" + std::string(member) + "\" that is written as ${file:...} or ${env:...}"
    );
  if (found->file.empty()) return found->text;
  std::lock_guard lock(mutex_);
  AORTA_TRY(text, files_[static_cast<std::size_t>(found - origins_.begin())].text());
  if (is_utf8(text)) return std::string(without_line_end(text));
  return Error("secret/unavailable", found->file + ": holds what is no UTF-8 text", true);
}

}  // namespace aorta::plugin
