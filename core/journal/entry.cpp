#include "core/journal/entry.hpp"

#include "core/journal/bytes.hpp"
#include "core/journal/frame.hpp"

namespace aorta::journal {
namespace {

template <class T>
std::optional<T> if_whole(const ByteReader& reader, const T& value) {
  return reader.whole() ? std::optional<T>(value) : std::nullopt;
}

Note take_note(ByteReader& reader) {
  Note note;
  for (std::uint64_t* number :
       {&note.settled_through, &note.durable_through, &note.totals.written, &note.totals.merged, &note.totals.filtered,
        &note.totals.dead_lettered, &note.totals.unreadable})
    *number = reader.take<std::uint64_t>();
  return note;
}

}  // namespace

void write_message(std::string& out, const Message& message) {
  put(out, message.enqueued_ticks);
  put(out, message.operation);
  for (std::string_view text :
       {message.body, message.content_type, message.properties, message.system_properties, message.rejected_reason,
        message.rejected_message})
    put_text(out, text);
}

std::uint64_t size_of(const Message& message) {
  std::uint64_t size = kFrameHeader + sizeof message.enqueued_ticks + sizeof message.operation;
  for (std::string_view text :
       {message.body, message.content_type, message.properties, message.system_properties, message.rejected_reason,
        message.rejected_message})
    size += sizeof kAbsent + text.size();
  return size;
}

void write_note(std::string& out, const Note& note) {
  for (std::uint64_t number :
       {note.settled_through, note.durable_through, note.totals.written, note.totals.merged, note.totals.filtered,
        note.totals.dead_lettered, note.totals.unreadable})
    put(out, number);
}

void write_head(std::string& out, const Head& head) {
  put(out, head.version);
  put(out, head.begun_ticks);
  write_note(out, head.note);
}

void write_receipt(std::string& out, const Receipt& receipt) {
  put(out, receipt.ticks);
  put(out, receipt.first);
  put(out, receipt.count);
  put_text(out, receipt.key);
  put_text(out, receipt.answer);
}

std::optional<Message> read_message(std::string_view payload) {
  ByteReader reader(payload);
  Message message;
  message.enqueued_ticks = reader.take<std::int64_t>();
  message.operation = reader.take<std::uint32_t>();
  for (std::string_view* text :
       {&message.body, &message.content_type, &message.properties, &message.system_properties, &message.rejected_reason,
        &message.rejected_message})
    *text = reader.take_text();
  return if_whole(reader, message);
}

std::optional<Note> read_note(std::string_view payload) {
  ByteReader reader(payload);
  Note note = take_note(reader);
  return if_whole(reader, note);
}

std::optional<Head> read_head(std::string_view payload) {
  ByteReader reader(payload);
  Head head;
  head.version = reader.take<std::uint32_t>();
  head.begun_ticks = reader.take<std::int64_t>();
  head.note = take_note(reader);
  return if_whole(reader, head);
}

std::optional<Receipt> read_receipt(std::string_view payload) {
  ByteReader reader(payload);
  Receipt receipt;
  receipt.ticks = reader.take<std::int64_t>();
  receipt.first = reader.take<std::uint64_t>();
  receipt.count = reader.take<std::uint64_t>();
  receipt.key = reader.take_text();
  receipt.answer = reader.take_text();
  return if_whole(reader, receipt);
}

}  // namespace aorta::journal
