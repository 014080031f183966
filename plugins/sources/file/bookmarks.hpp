// What a followed file or folder is read on from after a restart, kept by the host (state/1).
#pragma once

#include <aorta/metrics.hpp>
#include <aorta/state.hpp>
#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "input.hpp"
#include "places.hpp"

namespace file_source {

// A file that is read from here on.
struct Opened {
  std::unique_ptr<Input> input;
  Place from;
};

// A file under its name: kept are the places in it and in those that it was renamed to and not read to their ends, one
// value. A folder: one value for each file in it. With the places, all or none, the books up to them; they are told as
// metrics once they are kept.
class Bookmarks {
 public:
  // Throws where the host keeps no state.
  Bookmarks(aorta::Host host, std::filesystem::path path, bool is_folder);

  // The files to read, oldest first, the one under the name last; at least that one. Throws aorta::Reject where it
  // cannot be opened.
  std::deque<Opened> open();
  // Of a file of the folder.
  Place place_in(const Input& file) const;

  // Keeps what has changed; a failure is told, and what it concerns is read again after a restart.
  void keep(Ledger& ledger, const std::deque<Opened>& waiting);
  // In any case: there is a file that no earlier run knows.
  void keep_all(Ledger& ledger, const std::deque<Opened>& waiting);
  // As keep(), ten times a second at most.
  void keep_in_time(Ledger& ledger, const std::deque<Opened>& waiting);

 private:
  std::unique_ptr<Input> find(const Place& place) const;
  std::vector<aorta::State::Kept> entries(const Ledger& ledger, const std::deque<Opened>& waiting) const;
  void forget_those_gone();
  void open_books();
  void tell(const Books& kept);

  aorta::Host host_;
  aorta::State state_;
  std::filesystem::path path_;
  bool is_folder_;
  std::map<std::string, Place> known_;  // of a folder, as the run began
  Books before_;                        // what had ended then
  std::array<aorta::Counter, Books::kOutcomes.size()> counters_;
  Books told_;
  std::chrono::steady_clock::time_point kept_at_{};
  bool failed_ = false;
};

}  // namespace file_source
