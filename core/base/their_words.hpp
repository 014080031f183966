// What somebody else said, in an error's message. It may repeat what was sent to them, so it stands behind our own
// words and can be left out: for a dead letter that is looked at by itself, not for lists.
#pragma once

#include <string>
#include <string_view>

namespace aorta {

inline constexpr std::string_view kTheirWords = "; in its own words: ";

// `ours` never holds what was said elsewhere.
inline std::string with_their_words(std::string ours, std::string_view theirs) {
  if (!theirs.empty()) ours.append(kTheirWords).append(theirs);
  return ours;
}

inline std::string_view own_words(std::string_view message) { return message.substr(0, message.find(kTheirWords)); }

}  // namespace aorta
