// What the tests of the journal have in common.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/journal/journal.hpp"
#include "tests/unit/journal/fake_disk.hpp"

namespace aorta::journal::test {

using Bodies = std::vector<std::string>;

inline JournalOptions options(std::uint64_t segment_bytes = 64 * 1024) {
  JournalOptions out;
  out.folder = "j";
  out.segment_bytes = segment_bytes;
  return out;
}

inline std::unique_ptr<Journal> open(Disk& disk, JournalOptions with = options()) {
  auto opened = Journal::open(disk, std::move(with));
  if (opened.has_error()) throw std::runtime_error(opened.error().text());
  return std::move(*opened);
}

inline std::string body(std::uint64_t number, std::size_t size = 40) {
  std::string out = "message " + std::to_string(number) + " ";
  while (out.size() < size) out += static_cast<char>('a' + (number + out.size()) % 26);
  return out;
}

inline Result<void> append(Journal& journal, const Bodies& bodies, const std::vector<ReceiptOrder>& receipts = {}) {
  std::vector<Message> messages;
  for (const std::string& text : bodies) {
    Message message;
    message.body = text;
    messages.push_back(message);
  }
  return journal.append(messages, receipts);
}

// What is there to read, by number.
inline std::map<std::uint64_t, std::string> read_all(Journal& journal) {
  std::map<std::uint64_t, std::string> out;
  for (std::size_t before = 1; before != out.size();) {
    before = out.size();
    auto done = journal.read(100, 1 << 20, [&](std::uint64_t sequence, const Message& message) {
      out[sequence] = std::string(message.body);
    });
    if (done.has_error()) throw std::runtime_error(done.error().text());
  }
  return out;
}

inline Bodies bodies_of(const std::map<std::uint64_t, std::string>& read) {
  Bodies out;
  for (const auto& [sequence, text] : read) out.push_back(text);
  return out;
}

}  // namespace aorta::journal::test
