// How calls end and how they fail.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "aorta/abi/types.h"

namespace aorta {

// What a call that did not fail says of itself.
enum class Status : std::int32_t {
  Ok = AORTA_OK,                // call again
  End = AORTA_END,              // a source: nothing will ever come again
  Cancelled = AORTA_CANCELLED,  // returned early because the host asked for it
};

// Where a record's way has ended.
enum class Outcome : std::int32_t {
  Written = AORTA_WRITTEN,
  Merged = AORTA_MERGED,
  Filtered = AORTA_FILTERED,
  DeadLettered = AORTA_DEAD_LETTERED,
};

// Thrown by a plugin to fail the current call; never leaves the plugin's library. `reason`: a kebab-case token that
// operators count and filter by; `message`: one sentence: what, where, what to do. No payload of a patient.
class Failure : public std::exception {
 public:
  Failure(std::int32_t code, std::string reason, std::string message)
      : code_(code), reason_(std::move(reason)), message_(std::move(message)) {}
  std::int32_t code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::int32_t code_;
  std::string reason_;
  std::string message_;
};

// This record, value or configuration is wrong, and will be wrong next time.
struct Reject : Failure {
  Reject(std::string reason, std::string message) : Failure(AORTA_REJECT, std::move(reason), std::move(message)) {}
};
// What a mapping file says is wrong, at this place in it ("reports[0].conclusion").
struct WrongMapping : Reject {
  WrongMapping(const std::string& path, const std::string& what) : Reject("bad-mapping", path + ": " + what) {}
};
// Not now (a peer is away): call again later; nothing was lost.
struct Retry : Failure {
  Retry(std::string reason, std::string message) : Failure(AORTA_RETRY, std::move(reason), std::move(message)) {}
};
// This instance can do nothing more.
struct Fatal : Failure {
  Fatal(std::string reason, std::string message) : Failure(AORTA_FATAL, std::move(reason), std::move(message)) {}
};

}  // namespace aorta
