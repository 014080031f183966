#include "core/pipeline/failures.hpp"

namespace aorta::pipeline {
namespace {

// "normalize/required-value-missing": a reason that names its stage already stays.
std::string staged(std::string_view stage, std::string_view reason) {
  if (reason.find('/') != std::string_view::npos) return std::string(reason);
  return std::string(stage) + "/" + std::string(reason);
}

}  // namespace

Failure failure_of(std::string_view stage, const Error& error, std::string_view where) {
  return {staged(stage, error.reason()), std::string(error.message()), std::string(where)};
}

Failure too_long(const plugin::Record& record, std::uint64_t allowed) {
  return {
      "source/record-too-long",
      "the message has " + std::to_string(record.body.size()) + " bytes, and limits.max_record_bytes allows " +
          std::to_string(allowed) + ": raise it, or have the sender split",
      {}};
}

}  // namespace aorta::pipeline
