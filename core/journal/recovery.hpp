// What a journal's folder holds when it is opened, and what of it is damaged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/journal/disk.hpp"
#include "core/journal/entry.hpp"
#include "core/journal/receipts.hpp"

namespace aorta::journal {

struct Segment {
  std::uint64_t number = 0;
  std::uint64_t salt = 0;
  std::string path;
  std::uint64_t size = 0;  // bytes that count
  std::uint64_t last = 0;  // of its messages; 0: it has none. Those with a higher number do not count
  std::int64_t begun_ticks = 0;
  bool used = false;  // by this process: something was committed to it
};

struct Damage {
  std::string segment;  // file name
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  bool torn = false;  // at the end of the last segment: written as the power failed, cut off now
};

struct Recovery {
  std::vector<Damage> damage;
  std::uint64_t unreadable = 0;  // messages that were taken in, had not ended, and cannot be read
  std::uint64_t waiting = 0;     // messages that were taken in and have not ended
  std::uint64_t bytes = 0;       // that were looked at
};

struct Recovered {
  std::vector<Segment> segments;     // the oldest first
  std::vector<std::string> remains;  // paths of others, behind the first, that hold nothing
  std::uint64_t next_number = 1;     // of a segment
  Note note;
  std::uint64_t last = 0;  // number of the last message
  Recovery report;
};

// "0000000000000007-89abcdef01234567.journal"
std::string segment_name(std::uint64_t number, std::uint64_t salt);

// Reads every segment of the folder, cuts off a torn tail, fills `receipts`. Memory: one frame. Errors: those of the
// disk, and "journal-version": a later release wrote it.
Result<Recovered> recover(Disk& disk, const std::string& folder, Receipts& receipts);

}  // namespace aorta::journal
