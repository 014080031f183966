#include "core/plugin/library_digest.hpp"

#include <array>
#include <fstream>

#include "core/base/sha256.hpp"

namespace aorta::plugin {

Result<std::string> library_digest(const std::filesystem::path& library) {
  std::ifstream in(library, std::ios::binary);
  Sha256 digest;
  std::array<char, 64 * 1024> block;
  while (in.read(block.data(), block.size()) || in.gcount() > 0)
    digest.add({block.data(), static_cast<std::size_t>(in.gcount())});
  if (!in.eof()) return Error("plugin-refused", library.string() + ": cannot be read");
  Sha256::Hex hex = digest.hex();
  return std::string(hex.data(), hex.size());
}

}  // namespace aorta::plugin
