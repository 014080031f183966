#include "core/base/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace aorta {
namespace {

constexpr std::size_t kDigestSize = 32;

[[noreturn]] void give_up() { throw std::runtime_error("SHA-256 is not available in this OpenSSL"); }

struct Free {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up, and making a context, cost several times what a short text's digest does: once a thread.
class Sha256 {
 public:
  std::array<unsigned char, kDigestSize> digest(std::initializer_list<std::string_view> pieces) {
    std::array<unsigned char, kDigestSize> out;
    bool good = EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1;
    for (std::string_view piece : pieces)
      good = good && EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
    if (!good || EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) != 1) give_up();
    return out;
  }

 private:
  std::unique_ptr<EVP_MD, Free> algorithm_{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

}  // namespace

std::string sha256_hex(std::string_view bytes) { return sha256_hex({bytes}); }

std::string sha256_hex(std::initializer_list<std::string_view> pieces) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  thread_local Sha256 sha256;
  std::string out(2 * kDigestSize, '\0');
  char* to = out.data();
  for (unsigned char byte : sha256.digest(pieces)) {
    *to++ = kDigits[byte >> 4U];
    *to++ = kDigits[byte & 15U];
  }
  return out;
}

}  // namespace aorta
