// The source plugin "file", as the engine sees it.
#include <catch2/catch.hpp>
#include <thread>

#include "core/plugin/source.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::Record;
using plugin::Source;
using std::chrono::milliseconds;

namespace {

struct Reading {
  explicit Reading(const std::filesystem::path& path, const std::string& more = "") {
    std::string config = R"({"path":")" + path.string() + "\"" + more + "}";
    source = std::move(*Source::make(registry, "file", config, {"sources.test"}));
  }
  // Polls until the end, or until `count` records are there.
  const std::vector<Record>& read(std::size_t count = 1000) {
    while (records.size() < count) {
      auto state = source->poll(records, 2, 1 << 20, milliseconds(100));
      REQUIRE(state.has_value());
      if (*state != Source::State::More) break;
    }
    return records;
  }
  plugin::Registry registry{{std::filesystem::path(AORTA_BINARY_DIR) / "lib/aorta/plugins"}};
  std::unique_ptr<Source> source;
  std::vector<Record> records;
};

std::vector<std::string> bodies(const std::vector<Record>& records) {
  std::vector<std::string> out;
  for (const Record& record : records) out.emplace_back(record.body);
  return out;
}

std::vector<std::string> bodies_of(const std::string& name, const std::string& text, const std::string& more = "") {
  Folder folder;
  Reading reading(folder.write(name, text), more);
  REQUIRE(reading.source->start().has_value());
  return bodies(reading.read());
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("file source: lines are records, empty ones are none", "[plugin]") {
  CHECK(
      bodies_of("a.ndjson", "{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":3}") == Texts{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}
  );
  CHECK(bodies_of("a.ndjson", "").empty());
  CHECK(bodies_of("a.json", "").empty());
}

TEST_CASE("file source: NUL bytes and invalid UTF-8 are handed over as they are", "[plugin]") {
  std::string odd("{\"a\":\"\0\xFF\"}", 10);
  CHECK(bodies_of("a.ndjson", odd + "\n1\n") == Texts{odd, "1"});
}

TEST_CASE("file source: positions are lines and indexes", "[plugin]") {
  Folder folder;
  Reading lines(folder.write("a.ndjson", "\n1\n\n2\n"));
  REQUIRE(lines.source->start().has_value());
  CHECK(lines.read()[1].position == (folder.path() / "a.ndjson").string() + ":4");
  Reading array(folder.write("a.json", "[1,\n2]"));
  REQUIRE(array.source->start().has_value());
  CHECK(array.read()[1].position == (folder.path() / "a.json").string() + "[1]");
}

TEST_CASE("file source: an array is its elements, in their own spelling", "[plugin]") {
  CHECK(
      bodies_of("a.json", " [ {\"a\": [1, 2.50], \"b\": \"],\\\"\"} ,\n 7.10 , \"x,]\" , [ ] ]\n") ==
      Texts{"{\"a\": [1, 2.50], \"b\": \"],\\\"\"}", "7.10", "\"x,]\"", "[ ]"}
  );
  CHECK(bodies_of("a.json", "[]").empty());
}

TEST_CASE("file source: one JSON value over several lines is one record", "[plugin]") {
  CHECK(bodies_of("a.json", "{\n \"a\": 1\n}\n") == Texts{"{\n \"a\": 1\n}"});
  CHECK(bodies_of("a.json", "{\"a\":1}\n{\"a\":2}\n") == Texts{"{\"a\":1}", "{\"a\":2}"});
  CHECK(bodies_of("a.txt", "[1]\n[2]\n") == Texts{"[1]", "[2]"});
  CHECK(bodies_of("a.txt", "1\n2\n", R"(,"format":"json")") == Texts{"1\n2"});
}

TEST_CASE("file source: broken arrays are told, nothing of them is lost", "[plugin]") {
  Folder folder;
  Reading unfinished(folder.write("a.json", "[1,{\"a\":2"));
  REQUIRE(unfinished.source->start().has_value());
  REQUIRE(unfinished.read().size() == 2);
  CHECK(unfinished.records[1].rejected->reason() == "source/array-unfinished");
  Reading behind(folder.write("b.json", "[1]\n[2]"), R"(,"format":"array")");
  REQUIRE(behind.source->start().has_value());
  REQUIRE(behind.read().size() == 2);
  CHECK(behind.records[1].rejected->reason() == "source/text-after-array");
  Reading no_array(folder.write("c.json", "{}"), R"(,"format":"array")");
  REQUIRE(no_array.source->start().has_value());
  REQUIRE(no_array.read().size() == 1);
  CHECK(no_array.records[0].rejected->reason() == "source/not-an-array");
}

TEST_CASE("file source: a line that is too long is cut and handed over, the next ones are whole", "[plugin]") {
  Folder folder;
  std::string text = "1\n\"" + std::string(3'000'000, 'x') + "\"\n2\n";
  Reading reading(folder.write("a.ndjson", text), R"(,"max_record_bytes":1000)");
  REQUIRE(reading.source->start().has_value());
  REQUIRE(reading.read().size() == 3);
  CHECK(!reading.records[0].rejected);
  CHECK(reading.records[1].rejected->reason() == "source/record-too-long");
  CHECK(reading.records[1].body.size() == 64 * 1024);
  CHECK(reading.records[2].body == "2");
  CHECK(reading.records[2].position == (folder.path() / "a.ndjson").string() + ":3");
}

TEST_CASE("file source: a folder is its files in the order of their names", "[plugin]") {
  Folder folder;
  folder.write("b.json", "[2,3]");
  folder.write("a.ndjson", "1\n");
  folder.write(".hidden", "0\n");
  Reading reading(folder.path());
  REQUIRE(reading.source->start().has_value());
  CHECK(bodies(reading.read()) == Texts{"1", "2", "3"});
}

TEST_CASE("file source: a missing file is told at the start", "[plugin]") {
  Folder folder;
  Reading reading(folder.path() / "missing.ndjson");
  auto started = reading.source->start();
  REQUIRE(started.has_error());
  CHECK(started.error().reason() == "source/cannot-open");
  CHECK(started.error().message().find("missing.ndjson: cannot be opened: No such file") != std::string_view::npos);
}

TEST_CASE("file source: progress is bytes of bytes", "[plugin]") {
  Folder folder;
  Reading reading(folder.write("a.ndjson", "11\n22\n"));
  REQUIRE(reading.source->start().has_value());
  CHECK(reading.source->progress()->total == 6);
  reading.read();
  CHECK(reading.source->progress()->done == 6);
}

TEST_CASE("file source: follows what is appended, truncated and replaced", "[plugin]") {
  Folder folder;
  auto path = folder.write("a.ndjson", "1\n2");
  Reading reading(path, R"(,"follow":true)");
  REQUIRE(reading.source->start().has_value());
  CHECK(bodies(reading.read(1)) == Texts{"1"});
  std::ofstream(path, std::ios::app) << "2\n3\n";
  CHECK(bodies(reading.read(3)) == Texts{"1", "22", "3"});
  std::ofstream(path, std::ios::trunc) << "4\n";
  CHECK(bodies(reading.read(4)).back() == "4");
  folder.write("b.ndjson", "5\n");
  std::filesystem::rename(folder.path() / "b.ndjson", path);
  CHECK(bodies(reading.read(5)).back() == "5");
}

TEST_CASE("file source: waiting ends when the host asks for it", "[plugin]") {
  Folder folder;
  Reading reading(folder.write("a.ndjson", ""), R"(,"follow":true)");
  REQUIRE(reading.source->start().has_value());
  reading.source->cancel();
  auto before = std::chrono::steady_clock::now();
  CHECK(*reading.source->poll(reading.records, 1, 1, milliseconds(10'000)) == Source::State::Cancelled);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
}
