// The secrets of an instance's configuration as they are now (secret/1).
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/secret_file.hpp"

namespace aorta::plugin {

// A member of the configuration that was written as a reference.
struct SecretOrigin {
  std::string member;  // "auth.token"
  std::string text;    // what it held
  std::string file;    // that it stands for; empty: none, it does not change
};

// Thread-safe. Nothing of it is ever logged.
class SecretBook {
 public:
  explicit SecretBook(std::vector<SecretOrigin> origins);
  // Reasons of failure: "secret/unknown"; "secret/unavailable", retryable.
  Result<std::string> read(std::string_view member);
  // As they were given.
  const std::vector<SecretOrigin>& origins() const { return origins_; }

 private:
  const std::vector<SecretOrigin> origins_;
  std::mutex mutex_;
  std::vector<SecretFile> files_;  // of each origin
};

}  // namespace aorta::plugin
