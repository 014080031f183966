// Where records begin and end in the bytes of a file. A scanner sees them once, in parts of any size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace file_source {

enum class Format : std::uint8_t { Lines, Array, Whole };

// What makes a record unusable.
struct Fault {
  std::string_view reason;
  std::string_view message;
};

// What lies before the next record.
struct Lead {
  std::size_t size = 0;  // bytes
  bool begins = false;   // the record begins behind them; otherwise more must be read to tell
};

class Scanner {
 public:
  static constexpr std::size_t kOpen = std::string_view::npos;

  virtual ~Scanner() = default;
  virtual Lead lead(std::string_view window) = 0;
  // Where in `part` the record ends; kOpen: not in this part. `part` continues the last one.
  virtual std::size_t end(std::string_view part) = 0;
  // The record's place behind the file's name: ":12", "[3]", "".
  virtual std::string place() const = 0;
  // The line that the record ends on, where reading can go on behind it, given that line; else 0.
  virtual std::uint64_t line() const { return 0; }
  // `ended`: end() found the record's end; otherwise the file ended first.
  virtual std::optional<Fault> fault(bool ended) const = 0;
  // What is wrong with a file that ends between two records.
  virtual std::optional<Fault> fault_at_end() const { return std::nullopt; }
};

// Of lines the first one that comes is `line`.
std::unique_ptr<Scanner> make_scanner(Format format, std::uint64_t line = 1);

// What a file that begins with `window` holds: [ … ] an array; a first line that is JSON in itself, lines; else one
// value. Nothing where more must be read to tell.
std::optional<Format> sniff(std::string_view window, bool whole_file);

}  // namespace file_source
