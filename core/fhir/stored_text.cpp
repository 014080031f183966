#include "core/fhir/stored_text.hpp"

#include <zstd.h>

namespace aorta::fhir {
namespace {

constexpr int kLevel = 1;  // the others take longer for a hundredth less
constexpr unsigned long long kLongestText = 1ULL << 30;

bool is_frame(std::string_view stored) {
  constexpr std::string_view kMagic = "\x28\xB5\x2F\xFD";
  return stored.starts_with(kMagic);
}

Error corrupt(std::string_view why) {
  return Error(
      "store-corrupt", "a resource of the store cannot be unpacked (" + std::string(why) + "): restore it from a copy"
  );
}

}  // namespace

void StoredText::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }
void StoredText::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

StoredText::StoredText() : packer_(ZSTD_createCCtx()), unpacker_(ZSTD_createDCtx()) {}
StoredText::~StoredText() = default;
StoredText::StoredText(StoredText&&) noexcept = default;
StoredText& StoredText::operator=(StoredText&&) noexcept = default;

std::string_view StoredText::pack(std::string_view json) {
  if (json.size() <= kLongestPlain) return json;
  packed_.resize(ZSTD_compressBound(json.size()));
  std::size_t size = ZSTD_compressCCtx(packer_.get(), packed_.data(), packed_.size(), json.data(), json.size(), kLevel);
  return ZSTD_isError(size) ? json : std::string_view(packed_).substr(0, size);
}

void StoredText::bind(sqlite::Statement& statement, int at, std::string_view json) {
  std::string_view text = pack(json);
  if (is_frame(text)) {
    statement.bind_bytes(at, text);
  } else {
    statement.bind(at, text);
  }
}

Result<std::string_view> StoredText::unpack(std::string_view stored) {
  if (!is_frame(stored)) return stored;
  unsigned long long size = ZSTD_getFrameContentSize(stored.data(), stored.size());
  if (size > kLongestText) return corrupt("its length is not told");  // what is no length, is larger
  unpacked_.resize(static_cast<std::size_t>(size));
  std::size_t read =
      ZSTD_decompressDCtx(unpacker_.get(), unpacked_.data(), unpacked_.size(), stored.data(), stored.size());
  if (ZSTD_isError(read)) return corrupt(ZSTD_getErrorName(read));
  return std::string_view(unpacked_).substr(0, read);
}

}  // namespace aorta::fhir
