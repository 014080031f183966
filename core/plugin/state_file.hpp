// What plugin instances must know again after a restart (state/1): one SQLite file for the instances of one or several
// pipelines.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::plugin {

// Thread-safe; several processes may share a file. It is opened, and made where it is missing, when it is first asked.
// Errors: "state/key-too-long", "state/value-too-long", "state/full"; "state-foreign", "state-not-a-database" (not this
// program's file; it is left as it is), and those of sqlite::Database. Each names the file.
class StateFile {
 public:
  static constexpr std::uint64_t kMostBytes = 16 * 1024 * 1024;  // of one owner's keys and values

  // An empty path: in memory, for as long as it lives.
  explicit StateFile(std::string path);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  struct Entry {
    std::string_view key;
    std::optional<std::string_view> value;  // nothing: the key is forgotten
  };
  // `owner`: whose it is, "ward/sources.bedside".
  Result<std::optional<std::string>> get(std::string_view owner, std::string_view key);
  // All or none; durable when it returns.
  Result<void> put(std::string_view owner, std::span<const Entry> entries);
  // In the order of the keys' bytes. `give` is called when nothing is held any more.
  using Give = std::function<void(std::string_view key, std::string_view value)>;
  Result<void> each(std::string_view owner, std::string_view prefix, const Give& give);

 private:
  class Table;
  Result<Table*> table();

  const std::string path_;
  std::mutex mutex_;
  std::unique_ptr<Table> table_;
};

}  // namespace aorta::plugin
