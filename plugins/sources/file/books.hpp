// The books of a followed file or folder: how many messages have ended, by outcome, each once, whatever the number of
// restarts.
#pragma once

#include <aorta/status.hpp>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace file_source {

class Books {
 public:
  // In the order they are kept in, with the words that metrics call them by.
  static constexpr std::array<std::pair<aorta::Outcome, std::string_view>, 4> kOutcomes{
      {{aorta::Outcome::Written, "written"},
       {aorta::Outcome::Merged, "merged"},
       {aorta::Outcome::Filtered, "filtered"},
       {aorta::Outcome::DeadLettered, "dead_lettered"}}};

  std::uint64_t& of(aorta::Outcome outcome) {
    std::size_t at = 0;
    while (at + 1 < kOutcomes.size() && kOutcomes[at].first != outcome) ++at;
    return counts_[at];
  }
  Books& operator+=(const Books& more) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += more.counts_[i];
    return *this;
  }
  const std::array<std::uint64_t, 4>& counts() const { return counts_; }

 private:
  friend std::optional<Books> read_books(std::string_view text);
  std::array<std::uint64_t, 4> counts_{};
};

// "1 written merged filtered dead_lettered", numbers in decimal; 1 is the format's version.
std::string text_of(const Books& books);
std::optional<Books> read_books(std::string_view text);

}  // namespace file_source
