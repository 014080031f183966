// What the frames of a journal carry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aorta::journal {

// A message as its source received it. Views with data() == nullptr are absent.
struct Message {
  std::string_view body;
  std::string_view content_type;
  std::string_view properties;         // JSON object
  std::string_view system_properties;  // JSON object
  std::string_view rejected_reason;    // the source found it unusable: why, as a token
  std::string_view rejected_message;   // and in words
  std::int64_t enqueued_ticks = 0;     // DateTime::ticks, UTC; 0: not known
  std::uint32_t operation = 0;         // AORTA_OPERATION_*
};

// How messages have ended, counted over the journal's whole life.
struct Totals {
  std::uint64_t written = 0;
  std::uint64_t merged = 0;
  std::uint64_t filtered = 0;
  std::uint64_t dead_lettered = 0;
  std::uint64_t unreadable = 0;  // damaged on the medium
  std::uint64_t sum() const { return written + merged + filtered + dead_lettered + unreadable; }
  friend bool operator==(const Totals&, const Totals&) = default;
};

// The state of the books when it was written. Messages are numbered from 1 without gaps, so that settled_through is
// the sum of the totals.
struct Note {
  std::uint64_t settled_through = 0;  // every message up to here has ended
  std::uint64_t durable_through = 0;  // and every one up to here was on the medium
  Totals totals;
};

// The first frame of a segment. Messages of earlier segments count up to durable_through; what they hold beyond it was
// never acknowledged, and its numbers are used again.
struct Head {
  std::uint32_t version = 0;
  std::int64_t begun_ticks = 0;  // UTC
  Note note;
};

// What a sender was told when it sent something under a key.
struct Receipt {
  std::string_view key;
  std::string_view answer;
  std::int64_t ticks = 0;   // when, UTC
  std::uint64_t first = 0;  // of the messages it speaks of; the answer holds only if all of them are there
  std::uint64_t count = 0;
};

void write_message(std::string& out, const Message& message);
void write_note(std::string& out, const Note& note);
void write_head(std::string& out, const Head& head);
void write_receipt(std::string& out, const Receipt& receipt);
// Bytes that a message takes up in a segment, its frame included.
std::uint64_t size_of(const Message& message);

// Nothing: the payload is no such thing. What they give points into it.
std::optional<Message> read_message(std::string_view payload);
std::optional<Note> read_note(std::string_view payload);
std::optional<Head> read_head(std::string_view payload);
std::optional<Receipt> read_receipt(std::string_view payload);

}  // namespace aorta::journal
