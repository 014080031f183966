// How the embedded store keeps the text of a resource: as it is, or, where it would fill more than a page of the file,
// as a Zstandard frame (RFC 8878). The first byte tells which: JSON text begins with a brace.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/sqlite/database.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace aorta::fhir {

// Not thread-safe.
class StoredText {
 public:
  static constexpr std::size_t kLongestPlain = 4096;  // bytes

  StoredText();
  ~StoredText();
  StoredText(StoredText&&) noexcept;
  StoredText& operator=(StoredText&&) noexcept;

  // What is written for `json`. It lives as long as `json`, and until the next pack() or bind().
  std::string_view pack(std::string_view json);
  // As pack() gives it, for the parameter `at`.
  void bind(sqlite::Statement& statement, int at, std::string_view json);

  // The JSON text behind what was written. It lives as long as `stored`, and until the next unpack(). Error:
  // "store-corrupt".
  Result<std::string_view> unpack(std::string_view stored);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> packer_;
  std::unique_ptr<ZSTD_DCtx_s, Free> unpacker_;
  std::string packed_, unpacked_;
};

}  // namespace aorta::fhir
