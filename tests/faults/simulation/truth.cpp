#include "tests/faults/simulation/truth.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/whole_number.hpp"

namespace aorta::simulation {
namespace {

using pipeline::Outcome;

std::string name_of(const Message& message) { return "message " + std::to_string(message.number); }

}  // namespace

std::vector<char> types_of(Kind kind, std::size_t sink) {
  switch (kind) {
    case Kind::Plain:
    case Kind::HalfDone:
      return {'a'};
    case Kind::Double:
      return {'a', 'b'};
    case Kind::Refused:
      return sink == 0 ? std::vector<char>() : std::vector<char>{'r'};
    default:
      return {};
  }
}

const Message& Truth::make(std::size_t source) {
  Message& message = messages_.emplace_back();
  message.number = messages_.size();
  message.kind = choose_kind();
  message.source = source;
  message.device = chance_.below(plan_.devices);
  message.time = static_cast<std::int64_t>(chance_.below(plan_.times));
  message.body = std::to_string(message.number) + " ";
  std::size_t length = message.kind == Kind::TooLong ? plan_.engine.max_record_bytes + 1 : 10 + chance_.below(150);
  while (message.body.size() < length)
    message.body += static_cast<char>('a' + (message.number + message.body.size()) % 26);
  return message;
}

Kind Truth::choose_kind() {
  if (chance_.below(100) >= plan_.odd) return chance_.one_in(4) ? Kind::Double : Kind::Plain;
  return chance_.of(
      {Kind::Empty, Kind::Broken, Kind::HalfDone, Kind::Refused, Kind::Excluded, Kind::TooLong, Kind::Unusable}
  );
}

const Message* Truth::find(std::string_view body) const {
  auto number = whole_number<std::uint64_t>(body.substr(0, body.find(' ')));
  if (!number || *number == 0 || *number > messages_.size()) return nullptr;
  const Message& message = at(*number);
  return message.body == body ? &message : nullptr;
}

Truth::Key Truth::key_of(const Message& message, char type) {
  Key key = message.source * 1000 + message.device;
  return (key * 1000 + static_cast<Key>(message.time)) * 256 + static_cast<Key>(type);
}

bool Truth::store(std::size_t sink, const Message& message, char type) {
  Stored& stored = stores_[sink][key_of(message, type)];
  stored.latest = std::max(stored.latest, message.number);
  return std::exchange(stored.now, message.number) != message.number;
}

bool Truth::is_letter(Kind kind) const {
  bool unmatched = kind == Kind::Empty && plan_.engine.unmatched == pipeline::Unmatched::DeadLetter;
  return unmatched || kind == Kind::Broken || kind == Kind::HalfDone || kind == Kind::Refused ||
         kind == Kind::TooLong || kind == Kind::Unusable;
}

bool Truth::is_filtered(Kind kind) const { return kind == Kind::Excluded || (kind == Kind::Empty && !is_letter(kind)); }

std::string Truth::settle(const Message& message, Outcome outcome) {
  ended_.insert(message.number);
  return wrong_end(message, outcome);
}

std::string Truth::wrong_end(const Message& message, Outcome outcome) const {
  if ((outcome == Outcome::DeadLettered) != is_letter(message.kind) ||
      (outcome == Outcome::Filtered) != is_filtered(message.kind))
    return name_of(message) + " came to another end than it should: " + std::to_string(static_cast<int>(outcome));
  if (is_letter(message.kind) && letters_.count(message.number) == 0)
    return name_of(message) + " was settled before its dead letter was stored";
  for (std::size_t sink = 0; sink < stores_.size(); ++sink) {
    for (char type : types_of(message.kind, sink)) {
      auto stored = stores_[sink].find(key_of(message, type));
      if (stored == stores_[sink].end() || stored->second.latest < message.number)
        return name_of(message) + " was settled before sink " + std::to_string(sink) + " had it";
    }
  }
  return {};
}

std::size_t Truth::open() const {
  auto ended = [this](std::uint64_t number) { return ended_.count(number) > 0; };
  return owed_.size() - static_cast<std::size_t>(std::count_if(owed_.begin(), owed_.end(), ended));
}

std::string Truth::verdict() const {
  for (std::uint64_t number : owed_) {
    if (ended_.count(number) == 0) return name_of(at(number)) + " was acknowledged and never ended";
    if (is_letter(at(number).kind) && letters_.count(number) == 0)
      return name_of(at(number)) + " is missing among the dead letters";
  }
  for (std::uint64_t number : letters_) {
    if (!is_letter(at(number).kind)) return name_of(at(number)) + " is a dead letter, and nothing is wrong with it";
  }
  return wrong_in_stores();
}

// Of each device, type and time the last message that is owed counts; each of them was sent until it was acknowledged.
std::string Truth::wrong_in_stores() const {
  for (std::size_t sink = 0; sink < stores_.size(); ++sink) {
    std::map<Key, std::uint64_t> expected, found;
    for (const auto& [key, stored] : stores_[sink]) found[key] = stored.now;
    for (std::uint64_t number : owed_) {
      for (char type : types_of(at(number).kind, sink)) expected[key_of(at(number), type)] = number;
    }
    for (auto [key, number] : expected) {
      if (found[key] != number)
        return "sink " + std::to_string(sink) + " has message " + std::to_string(found[key]) + " where " +
               name_of(at(number)) + " should be";
    }
    if (found.size() != expected.size()) return "sink " + std::to_string(sink) + " has what nobody sent";
  }
  return {};
}

}  // namespace aorta::simulation
