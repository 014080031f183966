#include "core/journal/letter_file.hpp"

namespace aorta::journal {
namespace {

// `key`: SHA-256 of source, position, reason and body. `first`, `last`, `enqueued`: 100 ns ticks since year 1, UTC. The
// body comes last, so that lists need not read it.
constexpr const char* kLayout = R"sql(
CREATE TABLE letter (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, source TEXT NOT NULL, position TEXT NOT NULL, content_type TEXT NOT NULL,
  enqueued INTEGER NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, place TEXT NOT NULL, fingerprint TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL, body_size INTEGER NOT NULL,
  properties BLOB NOT NULL, system_properties BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX letter_by_reason ON letter (reason, last);
CREATE INDEX letter_by_last ON letter (last);
)sql";

constexpr sqlite::FileKind kLetters{0x414F444C /* "AODL" */, 1, kLayout, "dead-letters", "a file of dead letters"};

}  // namespace

Result<sqlite::Database> open_letter_file(const std::string& path) { return sqlite::open_for_writing(path, kLetters); }
Result<sqlite::Database> read_letter_file(const std::string& path) { return sqlite::open_for_reading(path, kLetters); }

}  // namespace aorta::journal
