#include "core/pipeline/letter_source.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "aorta/abi/types.h"

using namespace aorta;
using namespace aorta::pipeline;
using journal::DeadLetter;
using journal::DeadLetters;

namespace {

struct File {
  std::filesystem::path folder =
      std::filesystem::path(AORTA_BINARY_DIR) / ("letter_source_test." + std::to_string(getpid()));
  std::string path = (folder / "letters.db").string();
  DeadLetters letters = *DeadLetters::open(path);
  ~File() { std::filesystem::remove_all(folder); }

  void add(std::string position, std::string reason = "normalize/not-json", std::string source = "bedside") {
    DeadLetter letter;
    letter.source = std::move(source);
    letter.position = std::move(position);
    letter.reason = std::move(reason);
    letter.body = "body of " + letter.position;
    letter.properties = R"({"k":1})";
    REQUIRE(letters.add(std::vector{letter}).has_value());
  }
  std::unique_ptr<LetterSource> source(journal::LetterFilter filter = {}) {
    return *LetterSource::open("bedside", *DeadLetters::open(path), std::move(filter));
  }
};

std::vector<plugin::Record> read(LetterSource& source) {
  std::vector<plugin::Record> records;
  for (auto state = plugin::Source::State::More; state == plugin::Source::State::More;) {
    state = *source.poll(records, records.size() + 7, 1 << 20, {});
  }
  return records;
}

}  // namespace

TEST_CASE("letter source: gives what its source sent, and nothing of others", "[pipeline]") {
  File file;
  file.add("f:1");
  file.add("g:1", "normalize/not-json", "kiosk");
  auto source = file.source();
  std::vector<plugin::Record> records = read(*source);
  REQUIRE(records.size() == 1);
  CHECK(records[0].body == "body of f:1");
  CHECK(records[0].position == "f:1");
  CHECK(records[0].properties == R"({"k":1})");
  CHECK(records[0].system_properties.data() == nullptr);
}

TEST_CASE("letter source: reads all pages, and nothing that was added meanwhile", "[pipeline]") {
  File file;
  for (int i = 0; i < 50; ++i) file.add("f:" + std::to_string(i));
  auto source = file.source();
  file.add("f:late");
  CHECK(read(*source).size() == 50);
}

TEST_CASE("letter source: forgets what came to its end, and keeps what came back", "[pipeline]") {
  File file;
  file.add("f:1");
  file.add("f:2");
  file.add("f:3");
  auto source = file.source();
  std::vector<plugin::Record> records = read(*source);
  file.add("f:2");  // it failed for the same reason
  source->settle(records[0].token, AORTA_WRITTEN);
  source->settle(records[1].token, AORTA_DEAD_LETTERED);
  auto replayed = source->finish();
  REQUIRE(replayed.has_value());
  CHECK(replayed->forgotten == 1);
  CHECK(replayed->kept == 1);
  std::vector<DeadLetter> left = *file.letters.letters({}, 9);
  REQUIRE(left.size() == 2);
  CHECK(left[0].position == "f:2");
  CHECK(left[1].position == "f:3");
}

TEST_CASE("letter source: leaves out what its source rejected", "[pipeline]") {
  File file;
  file.add("f:1", "source/record-too-long");
  file.add("f:2");
  auto source = file.source();
  CHECK(read(*source).size() == 1);
  CHECK(source->finish()->left_out == 1);
  CHECK(file.letters.letters({}, 9)->size() == 2);
}

TEST_CASE("letter source: ends when it is cancelled", "[pipeline]") {
  File file;
  file.add("f:1");
  auto source = file.source();
  source->cancel();
  std::vector<plugin::Record> records;
  CHECK(*source->poll(records, 9, 1 << 20, {}) == plugin::Source::State::Cancelled);
  CHECK(records.empty());
}
