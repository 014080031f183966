#include "core/expr/json_path/regex.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/unicode.hpp"
#include "core/expr/json_path/regex_syntax.hpp"

namespace aorta::expr::json_path {
namespace {

// Instructions a pattern may take; counted repeats are written out.
constexpr std::size_t kMaxCode = 20'000;

// What a thread keeps for its next match: 512 KiB.
constexpr std::size_t kKeptUnits = 256 * 1024;

struct Instruction {
  enum class Op : std::uint8_t { Set, Fork, Jump, Anchor, Look, Match };
  Op op = Op::Match;
  bool behind = false, negative = false;  // Look
  Anchor anchor = Anchor::Start;
  std::uint32_t x = 0;  // Set: which; Fork, Jump: where to; Look: where its own code begins
  std::uint32_t y = 0;  // Fork: where else to
};

// Code for walking forward, and for what stands in a lookbehind backward. Which way an alternative is preferred does
// not matter where only "occurs or not" is asked.
struct Code {
  std::vector<Instruction> instructions;
  std::vector<CharSet> sets;
};

class Compiler {
 public:
  explicit Compiler(Code& code) : code_(code) {}

  bool compile(const Pattern& pattern) {
    write(pattern, false);
    emit(Instruction::Op::Match);
    while (!too_large_ && !looks_.empty()) {
      auto [at, look] = looks_.back();
      looks_.pop_back();
      code_.instructions[at].x = next();
      write(*look->parts.front(), look->behind);
      emit(Instruction::Op::Match);
    }
    return !too_large_;
  }

 private:
  std::uint32_t next() const { return static_cast<std::uint32_t>(code_.instructions.size()); }

  std::uint32_t emit(Instruction::Op op, std::uint32_t x = 0, std::uint32_t y = 0) {
    too_large_ = too_large_ || code_.instructions.size() >= kMaxCode;
    std::uint32_t at = next();
    if (too_large_) return 0;
    Instruction& made = code_.instructions.emplace_back();
    made.op = op;
    made.x = x;
    made.y = y;
    return at;
  }

  Instruction& at(std::uint32_t index) { return too_large_ ? spare_ : code_.instructions[index]; }

  void write(const Pattern& pattern, bool backward) {
    switch (pattern.kind) {
      case Pattern::Kind::Empty:
        break;
      case Pattern::Kind::Set:
        write_set(pattern.set);
        break;
      case Pattern::Kind::All:
        write_all(pattern, backward);
        break;
      case Pattern::Kind::Any:
        write_any(pattern, backward);
        break;
      case Pattern::Kind::Repeat:
        write_repeat(pattern, backward);
        break;
      case Pattern::Kind::Anchor:
        at(emit(Instruction::Op::Anchor)).anchor = pattern.anchor;
        break;
      case Pattern::Kind::Look:
        write_look(pattern);
        break;
    }
  }

  void write_set(const CharSet& set) {
    emit(Instruction::Op::Set, static_cast<std::uint32_t>(code_.sets.size()));
    if (!too_large_) code_.sets.push_back(set);
  }

  void write_all(const Pattern& pattern, bool backward) {
    std::size_t count = pattern.parts.size();
    for (std::size_t i = 0; i < count && !too_large_; ++i)
      write(*pattern.parts[backward ? count - 1 - i : i], backward);
  }

  void write_any(const Pattern& pattern, bool backward) {
    std::vector<std::uint32_t> exits;
    for (std::size_t i = 0; i < pattern.parts.size() && !too_large_; ++i) {
      bool last = i + 1 == pattern.parts.size();
      std::uint32_t fork = last ? 0 : emit(Instruction::Op::Fork, next() + 1);
      write(*pattern.parts[i], backward);
      if (last) break;
      exits.push_back(emit(Instruction::Op::Jump));
      at(fork).y = next();
    }
    for (std::uint32_t exit : exits) at(exit).x = next();
  }

  void write_repeat(const Pattern& pattern, bool backward) {
    const Pattern& part = *pattern.parts.front();
    for (std::uint32_t i = 0; i < pattern.least && !too_large_; ++i) {
      std::uint32_t before = next();
      write(part, backward);
      if (next() == before) break;
    }
    if (pattern.most == Pattern::kForever) {
      std::uint32_t fork = emit(Instruction::Op::Fork, next() + 1);
      write(part, backward);
      emit(Instruction::Op::Jump, fork);
      at(fork).y = next();
      return;
    }
    std::vector<std::uint32_t> forks;
    for (std::uint32_t i = pattern.least; i < pattern.most && !too_large_; ++i) {
      forks.push_back(emit(Instruction::Op::Fork, next() + 1));
      write(part, backward);
    }
    for (std::uint32_t fork : forks) at(fork).y = next();
  }

  void write_look(const Pattern& pattern) {
    std::uint32_t index = emit(Instruction::Op::Look);
    at(index).behind = pattern.behind;
    at(index).negative = pattern.negative;
    if (!too_large_) looks_.emplace_back(index, &pattern);
  }

  Code& code_;
  bool too_large_ = false;
  Instruction spare_;
  std::vector<std::pair<std::uint32_t, const Pattern*>> looks_;
};

// The places of the code that are alive at one position of the text.
class Threads {
 public:
  void clear(std::size_t code_size) {
    alive_.clear();
    if (seen_.size() < code_size) seen_.resize(code_size, 0);
    ++round_;
  }
  bool add(std::uint32_t at) {
    if (seen_[at] == round_) return false;
    seen_[at] = round_;
    return true;
  }
  std::vector<std::uint32_t> alive_;

 private:
  std::vector<std::uint64_t> seen_;
  std::uint64_t round_ = 0;
};

class Machine {
 public:
  Machine(const Code& code, std::u16string_view text, std::uint64_t& steps) : code_(code), text_(text), steps_(steps) {}

  // Whether the code from `entry` on matches beginning at `from`, or with `anywhere` at any later place too.
  bool run(std::uint32_t entry, std::size_t from, bool backward, bool anywhere, Threads& now, Threads& then) {
    now.clear(code_.instructions.size());
    for (std::size_t at = from;; at = backward ? at - 1 : at + 1) {
      if ((anywhere || at == from) && follow(entry, at, now)) return true;
      bool last = backward ? at == 0 : at == text_.size();
      if (last || too_costly_ || (now.alive_.empty() && !anywhere)) return false;
      then.clear(code_.instructions.size());
      if (step(text_[backward ? at - 1 : at], backward ? at - 1 : at + 1, now, then)) return true;
      std::swap(now, then);
    }
  }
  bool too_costly() const { return too_costly_; }

 private:
  bool step(char16_t unit, std::size_t to, const Threads& now, Threads& then) {
    spend(1 + now.alive_.size());
    for (std::uint32_t at : now.alive_) {
      if (code_.sets[code_.instructions[at].x].contains(unit) && follow(at + 1, to, then)) return true;
    }
    return false;
  }

  // Adds all places that can be reached from `start` without reading; true if the end is among them.
  bool follow(std::uint32_t start, std::size_t position, Threads& threads) {
    std::size_t floor = pending_.size();
    pending_.push_back(start);
    while (pending_.size() > floor) {
      std::uint32_t at = pending_.back();
      pending_.pop_back();
      if (!threads.add(at)) continue;
      spend(1);
      if (reach(at, position, threads)) {
        pending_.resize(floor);
        return true;
      }
    }
    return false;
  }

  bool reach(std::uint32_t at, std::size_t position, Threads& threads) {
    const Instruction& instruction = code_.instructions[at];
    switch (instruction.op) {
      case Instruction::Op::Match:
        return true;
      case Instruction::Op::Set:
        threads.alive_.push_back(at);
        break;
      case Instruction::Op::Jump:
        pending_.push_back(instruction.x);
        break;
      case Instruction::Op::Fork:
        pending_.push_back(instruction.x);
        pending_.push_back(instruction.y);
        break;
      case Instruction::Op::Anchor:
        if (holds(instruction.anchor, position)) pending_.push_back(at + 1);
        break;
      case Instruction::Op::Look:
        if (looks(instruction, position)) pending_.push_back(at + 1);
        break;
    }
    return false;
  }

  bool looks(const Instruction& look, std::size_t position) {
    Threads now, then;
    spend(code_.instructions.size());
    return !too_costly_ && run(look.x, position, look.behind, false, now, then) != look.negative;
  }

  bool is_break(std::size_t position) const { return position < text_.size() && text_[position] == '\n'; }
  bool is_word(std::size_t position) const { return position < text_.size() && is_boundary_word(text_[position]); }

  bool holds(Anchor anchor, std::size_t position) const {
    bool at_end = position == text_.size();
    switch (anchor) {
      case Anchor::Start:
        return position == 0;
      case Anchor::LineStart:
        return position == 0 || is_break(position - 1);
      case Anchor::End:
        return at_end;
      case Anchor::LineEnd:
        return at_end || is_break(position);
      case Anchor::BeforeFinalBreak:
        return at_end || (position + 1 == text_.size() && is_break(position));
      case Anchor::Boundary:
        return (position > 0 && is_word(position - 1)) != is_word(position);
      default:
        return (position > 0 && is_word(position - 1)) == is_word(position);
    }
  }

  void spend(std::uint64_t steps) {
    too_costly_ = too_costly_ || steps_ < steps;
    steps_ -= too_costly_ ? 0 : steps;
  }

  const Code& code_;
  std::u16string_view text_;
  std::uint64_t& steps_;
  bool too_costly_ = false;
  std::vector<std::uint32_t> pending_;
};

void append_utf16(std::u16string& out, std::string_view text) {
  for (const char* p = text.data(); p != text.data() + text.size();) {
    char32_t c = next_char(p);
    if (c >= 0x10000) {
      out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    out += static_cast<char16_t>(c);
  }
}

bool is_plain_text(std::string_view pattern, std::string_view options) {
  return pattern.find_first_of("\\^$.|?*+()[]{}#") == std::string_view::npos &&
         options.find('i') == std::string_view::npos;
}

}  // namespace

struct Regex::Impl {
  std::optional<std::string> plain;  // the pattern is just a text to be found
  Code code;
};

Regex::Regex(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern, std::string_view options) {
  auto impl = std::make_unique<Impl>();
  if (is_plain_text(pattern, options)) {
    impl->plain = std::string(pattern);
    return std::shared_ptr<const Regex>(new Regex(std::move(impl)));
  }
  std::u16string units;
  append_utf16(units, pattern);
  PatternResult read = read_pattern(units, options);
  if (!read.pattern) return Error("bad-pattern", "the pattern is not understood: " + read.cause);
  if (!Compiler(impl->code).compile(*read.pattern)) {
    return Error("bad-pattern", "the pattern is too large once its repeats are written out");
  }
  return std::shared_ptr<const Regex>(new Regex(std::move(impl)));
}

Result<std::shared_ptr<const Regex>> Regex::compile_token(std::string_view text) {
  std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0)
    return Error("bad-pattern", "a pattern is written /…/ with letters behind it");
  std::size_t first = 1;
  while (first < text.size() && (static_cast<unsigned char>(text[first]) & 0xC0) == 0x80) ++first;
  return compile(text.substr(first, slash - first), text.substr(slash + 1));
}

Regex::Outcome Regex::search(std::string_view text, std::uint64_t& steps) const {
  if (impl_->plain) {
    std::uint64_t cost = text.size() / 16;
    if (steps < cost) return Outcome::TooCostly;
    steps -= cost;
    return text.find(*impl_->plain) == std::string_view::npos ? Outcome::No : Outcome::Yes;
  }
  // Reused, so that matching allocates nothing once it has run for a while.
  thread_local std::u16string units;
  thread_local Threads now, then;
  if (units.capacity() > kKeptUnits) units = {};
  units.clear();
  append_utf16(units, text);
  Machine machine(impl_->code, units, steps);
  bool found = machine.run(0, 0, false, true, now, then);
  if (machine.too_costly()) return Outcome::TooCostly;
  return found ? Outcome::Yes : Outcome::No;
}

}  // namespace aorta::expr::json_path
