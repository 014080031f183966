#include "core/plugin/verify/symbols.hpp"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

namespace aorta::plugin::verify {
namespace {

// The index-th Entry of a table at `offset`, if it lies within the file.
template <class Entry>
std::optional<Entry> entry(std::string_view file, std::uint64_t offset, std::uint64_t index) {
  if (offset > file.size() || index > (file.size() - offset) / sizeof(Entry)) return std::nullopt;
  std::uint64_t at = offset + index * sizeof(Entry);
  if (file.size() - at < sizeof(Entry)) return std::nullopt;
  Entry out;
  std::memcpy(&out, file.data() + at, sizeof out);
  return out;
}

std::string text_at(std::string_view file, const Elf64_Shdr& strings, std::uint64_t offset) {
  if (strings.sh_offset > file.size() || offset > file.size() - strings.sh_offset) return {};
  std::string_view rest = file.substr(strings.sh_offset + offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

bool is_exported(const Elf64_Sym& symbol) {
  unsigned bind = ELF64_ST_BIND(symbol.st_info);
  unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF && bind != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

Result<std::vector<std::string>> exported_symbols(const std::filesystem::path& library) {
  std::ifstream in(library, std::ios::binary);
  std::string file(std::istreambuf_iterator<char>(in), {});
  Error broken("plugin-refused", library.string() + ": its table of symbols cannot be read");
  auto header = entry<Elf64_Ehdr>(file, 0, 0);
  if (!header) return broken;
  for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
    auto section = entry<Elf64_Shdr>(file, header->e_shoff, i);
    if (!section || section->sh_type != SHT_DYNSYM) continue;
    auto strings = entry<Elf64_Shdr>(file, header->e_shoff, section->sh_link);
    if (!strings) return broken;
    std::vector<std::string> out;
    for (std::uint64_t s = 0; s < section->sh_size / sizeof(Elf64_Sym); ++s) {
      auto symbol = entry<Elf64_Sym>(file, section->sh_offset, s);
      if (!symbol) return broken;
      if (is_exported(*symbol)) out.push_back(text_at(file, *strings, symbol->st_name));
    }
    return out;
  }
  return broken;
}

}  // namespace aorta::plugin::verify
