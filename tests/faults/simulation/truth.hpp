// What was sent, and what became of it: the medium of the simulated stores and dead letters, and the judge of a run.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/pipeline/ledger.hpp"
#include "tests/faults/simulation/plan.hpp"

namespace aorta::simulation {

enum class Kind : std::uint8_t {
  Plain,     // one measurement
  Double,    // two
  Empty,     // matches no template
  Broken,    // fails in a template
  HalfDone,  // fails in a template behind a measurement
  Refused,   // the first sink refuses its measurement
  Excluded,  // the sinks filter its measurement
  TooLong,   // longer than the pipeline allows
  Unusable,  // its source finds it unusable
};

struct Message {
  std::uint64_t number = 0;  // in the order of making: of one device's, a later one counts
  Kind kind = Kind::Plain;
  std::size_t source = 0;
  std::uint64_t device = 0;
  std::int64_t time = 0;
  std::string body;  // begins with its number
};

// The types of its measurements that a sink is to store: the first sink refuses some.
std::vector<char> types_of(Kind kind, std::size_t sink);

class Truth {
 public:
  Truth(const Plan& plan, Chance& chance) : plan_(plan), chance_(chance), stores_(plan.sinks) {}

  const Message& make(std::size_t source);
  // The message with this body; nullptr: there is none, the body was changed.
  const Message* find(std::string_view body) const;
  const Message& at(std::uint64_t number) const { return messages_[number - 1]; }

  // Its sender will not send it again.
  void acknowledge(const Message& message) { owed_.insert(message.number); }
  // Durable in a sink's store; false: it was there.
  bool store(std::size_t sink, const Message& message, char type);
  void keep_letter(const Message& message) { letters_.insert(message.number); }
  // It has ended, its source is told. What is wrong with that; empty: nothing.
  std::string settle(const Message& message, pipeline::Outcome outcome);
  bool has_ended(const Message& message) const { return ended_.count(message.number) > 0; }

  std::size_t owed() const { return owed_.size(); }
  // Of those that are owed, how many have not ended.
  std::size_t open() const;
  // What is wrong at the end of all; empty: nothing.
  std::string verdict() const;

 private:
  using Key = std::uint64_t;
  static Key key_of(const Message& message, char type);
  Kind choose_kind();
  std::string wrong_end(const Message& message, pipeline::Outcome outcome) const;
  bool is_letter(Kind kind) const;
  bool is_filtered(Kind kind) const;
  std::string wrong_in_stores() const;

  const Plan& plan_;
  Chance& chance_;
  std::deque<Message> messages_;
  std::set<std::uint64_t> owed_, ended_, letters_;
  struct Stored {
    std::uint64_t now = 0;     // which message counts: a request that is sent again begins with earlier ones
    std::uint64_t latest = 0;  // that ever counted
  };
  std::vector<std::map<Key, Stored>> stores_;  // of each sink
};

}  // namespace aorta::simulation
