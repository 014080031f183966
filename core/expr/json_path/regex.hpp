// The regular expressions of `=~`, in .NET's syntax, matched in time linear to the text by walking all alternatives at
// once.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::expr::json_path {

// A compiled pattern. Immutable and thread-safe.
//
// Understood: literals, . [ ] with ranges, negation and subtraction, \d \w \s and their negations, \p{L}-like classes
// for letters, digits and case, anchors ^ $ \A \z \Z \b \B, groups of every naming, (?:…), (?imnsx-imnsx…), lookahead
// and lookbehind, | * + ? {n,m} lazy or not, \t \n \r \f \v \a \e \0 \xHH \uHHHH \cX. Refused, with a sentence that
// says so: backreferences, atomic groups, conditionals, balancing groups, \G, other \p classes: they need backtracking,
// or more than yes and no.
class Regex {
 public:
  // `options`: letters as after /…/: i, m, s as usual, x = explicit capture (which changes nothing here); others are
  // ignored. Error reason "bad-pattern".
  static Result<std::shared_ptr<const Regex>> compile(std::string_view pattern, std::string_view options);
  // The text of a token on the right of =~: what stands between its first character and its last '/', then options.
  static Result<std::shared_ptr<const Regex>> compile_token(std::string_view text);

  ~Regex();

  enum class Outcome : std::uint8_t { No, Yes, TooCostly };
  // Whether the pattern occurs anywhere in `text`. Takes from `steps` one per character and live alternative; TooCostly
  // when none are left.
  Outcome search(std::string_view text, std::uint64_t& steps) const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace aorta::expr::json_path
