// An open file or standard input, read without ever blocking for longer than asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "buffer.hpp"
#include "places.hpp"

namespace file_source {

class Input {
 public:
  // "-" is standard input. Throws aorta::Reject where it cannot be opened.
  explicit Input(std::filesystem::path path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  enum class Read : std::uint8_t { Some, End, Nothing };  // Nothing: none within the time, or `cancelled`

  // Appends to `out`. Waits in slices, where the file is a pipe or terminal. Throws aorta::Fatal where reading fails.
  Read read(Buffer& out, std::chrono::milliseconds wait, const std::function<bool()>& cancelled);

  // What has become of the path since it was opened. Truncated: it is shorter than what was read, or its first bytes
  // are others than before (truncated, and longer again already).
  enum class Change : std::uint8_t { None, Truncated, Replaced };
  Change change() const;
  // Reads from the start again, after truncation.
  void rewind();

  // The file as it is known by what was read of it; only of regular ones.
  const FileId& id() const { return id_; }
  // Whether it is this file, and still holds what was read of it up to `offset`.
  bool is(const FileId& file, std::uint64_t offset) const;
  // Goes on behind what an earlier run has read; nothing was read yet.
  void go_on(std::uint64_t offset);

  const std::string& name() const { return name_; }
  bool is_regular() const { return kind_ == std::filesystem::file_type::regular; }
  bool is_pipe() const { return kind_ == std::filesystem::file_type::fifo && path_ != "-"; }  // by name
  std::uint64_t offset() const { return offset_; }                                            // bytes read so far
  std::uint64_t size() const;                                                                 // bytes there now

 private:
  static constexpr std::uint64_t kEmptyHash = 14'695'981'039'346'656'037u;

  void keep_head(std::string_view read);
  std::string head_there(std::uint64_t size) const;
  bool head_differs() const;
  bool wait_readable(std::chrono::milliseconds wait, const std::function<bool()>& cancelled) const;

  std::filesystem::path path_;
  std::string name_;
  int file_ = -1;
  std::filesystem::file_type kind_ = std::filesystem::file_type::unknown;
  std::string head_;  // the first bytes read
  FileId id_;
  std::uint64_t offset_ = 0;
};

// Waits in slices of at most 50 ms until `done` or the time is over; returns done().
bool wait_until(std::chrono::milliseconds wait, const std::function<bool()>& done);

}  // namespace file_source
