// The source plugin "file", as the engine sees it.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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
    source = *Source::make(registry, "file", config, {"sources.test"});
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

TEST_CASE("file source: an array is cut where the lenient reader would cut it", "[plugin]") {
  CHECK(
      bodies_of(
          "a.json",
          "/* [ */ [ // \"list, [\n {a:'],'}/*,]*/, \"\\\"],\" , /* ], */ nan,, {'it\"s':1} , 2 /* ] */ // ,\n ] // "
          "end ]\n"
      ) == Texts{"{a:'],'}/*,]*/", "\"\\\"],\"", "nan", "{'it\"s':1}", "2 /* ] */ // ,"}
  );
  CHECK(bodies_of("a.json", "[new Date(1,2),{a:1},]\n\n") == Texts{"new Date(1,2)", "{a:1}"});
  CHECK(bodies_of("a.json", "[1] // of [one]\n") == Texts{"1"});
  CHECK(bodies_of("a.json", "\xEF\xBB\xBF[1]") == Texts{"1"});
}

TEST_CASE("file source: missing items of an array are counted", "[plugin]") {
  Folder folder;
  Reading array(folder.write("a.json", "[1,,2]"));
  REQUIRE(array.source->start().has_value());
  CHECK(array.read()[1].position == (folder.path() / "a.json").string() + "[2]");
}

TEST_CASE("file source: where an array is cut off does not matter, it is told", "[plugin]") {
  const std::string whole = "[{\"a\":1}, /* , */ \"x\\\"\", [2] // c\n, 3]";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    INFO(whole.substr(0, size));
    Folder folder;
    Reading reading(folder.write("a.json", whole.substr(0, size)), R"(,"format":"array")");
    REQUIRE(reading.source->start().has_value());
    const std::vector<Record>& records = reading.read();
    REQUIRE(!records.empty());
    for (std::size_t i = 0; i + 1 < records.size(); ++i) CHECK(!records[i].rejected);
    REQUIRE(records.back().rejected);
    CHECK(records.back().rejected->reason() == "source/array-cut-off");
    CHECK(records.back().position.find("a.json[") != std::string_view::npos);
  }
}

TEST_CASE("file source: what stands around an array or a value is told", "[plugin]") {
  struct {
    const char *text, *format, *body, *reason;
  } cases[] = {
      {"[1]\n[2]", "array", "[2]", "source/text-after-array"},
      {"[1] /* c", "array", "", "source/text-after-array"},
      {"{}", "array", "{}", "source/not-an-array"},
      {"/* [1]", "array", "", "source/not-an-array"},
      {"{\"a\":\n1}\n{\"b\":2}", "json", "{\"b\":2}", "source/text-after-value"},
      {"{\"a\":'}'\n} /* c */ x", "auto", "x", "source/text-after-value"},
  };
  for (const auto& given : cases) {
    INFO(given.text);
    Folder folder;
    Reading reading(folder.write("a.json", given.text), std::string(R"(,"format":")") + given.format + '"');
    REQUIRE(reading.source->start().has_value());
    reading.read();
    REQUIRE(!reading.records.empty());
    REQUIRE(reading.records.back().rejected);
    CHECK(reading.records.back().rejected->reason() == given.reason);
    CHECK(reading.records.back().body == given.body);
  }
  CHECK(bodies_of("a.json", "{\"a\":\n1} // end\n") == Texts{"{\"a\":\n1}"});
}

TEST_CASE("file source: a value that is too long is told, whatever the format", "[plugin]") {
  const std::string text = "{\"a\":\n\"" + std::string(100'000, 'x') + "\"}";
  for (const std::string& whole : {text, "[" + text + ",1]"}) {
    Folder folder;
    Reading reading(folder.write("a.json", whole), R"(,"max_record_bytes":70000)");
    REQUIRE(reading.source->start().has_value());
    reading.read();
    REQUIRE(!reading.records.empty());
    REQUIRE(reading.records[0].rejected);
    CHECK(reading.records[0].rejected->reason() == "source/record-too-long");
    CHECK(reading.records.size() == (whole == text ? 1 : 2));
  }
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

TEST_CASE("file source: a file of a folder that is gone is told at the end, the others are read", "[plugin]") {
  Folder folder;
  folder.write("a.ndjson", "1\n");
  std::filesystem::create_symlink("nowhere", folder.path() / "b.ndjson");
  folder.write("c.ndjson", "3\n");
  folder.write("d.ndjson", "4\n");
  std::filesystem::create_directory(folder.path() / "e.ndjson");
  Reading reading(folder.path());
  REQUIRE(reading.source->start().has_value());
  std::filesystem::remove(folder.path() / "c.ndjson");
  auto state = reading.source->poll(reading.records, 100, 1 << 20, milliseconds(100));
  CHECK(bodies(reading.records) == Texts{"1", "4"});
  REQUIRE(state.has_error());
  CHECK(!state.error().retryable());
  CHECK(state.error().reason() == "source/cannot-open");
  CHECK(state.error().message().find("b.ndjson: cannot be opened: No such file") != std::string_view::npos);
  CHECK(state.error().message().find("so did 1 more") != std::string_view::npos);
}

TEST_CASE("file source: a followed folder takes up a file once it can be opened", "[plugin]") {
  Folder folder;
  std::filesystem::create_symlink("later", folder.path() / "a.ndjson");
  Reading reading(folder.path(), R"(,"follow":true)");
  REQUIRE(reading.source->start().has_value());
  REQUIRE(reading.source->poll(reading.records, 1, 1, milliseconds(50)).has_value());
  CHECK(reading.records.empty());
  folder.write(".later", "1\n");
  std::filesystem::rename(folder.path() / ".later", folder.path() / "later");
  CHECK(bodies(reading.read(2)) == Texts{"1", "1"});
}

TEST_CASE("file source: named pipes wait for a writer, followed ones for the next", "[plugin]") {
  Folder folder;
  auto path = folder.path() / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  Reading once(path);
  REQUIRE(once.source->start().has_value());
  std::thread writer([&] { std::ofstream(path) << "1\n2"; });
  CHECK(bodies(once.read()) == Texts{"1", "2"});
  writer.join();
  Reading followed(path, R"(,"follow":true)");
  REQUIRE(followed.source->start().has_value());
  std::ofstream(path) << "1\n2";
  CHECK(bodies(followed.read(2)) == Texts{"1", "2"});
  std::ofstream(path) << "[3,4]\n";
  CHECK(bodies(followed.read(4)).back() == "4");
}

TEST_CASE("file source: a device that is empty has no records, a socket is refused", "[plugin]") {
  Reading nothing("/dev/null", R"(,"follow":true)");
  REQUIRE(nothing.source->start().has_value());
  CHECK(nothing.read().empty());
  Folder folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto path = (folder.path() / "s").string();
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(Reading(path).source->start().error().reason() == "source/cannot-open");
  ::close(socket);
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

TEST_CASE("file source: truncation is noticed although the file is longer again", "[plugin]") {
  Folder folder;
  auto path = folder.write("a.ndjson", "1\n2\n3");
  Reading reading(path, R"(,"follow":true)");
  REQUIRE(reading.source->start().has_value());
  CHECK(bodies(reading.read(2)) == Texts{"1", "2"});
  std::ofstream(path, std::ios::trunc) << "41\n42\n43\n44\n";
  CHECK(bodies(reading.read(7)) == Texts{"1", "2", "3", "41", "42", "43", "44"});
}

TEST_CASE("file source: lines written into a replaced file are read before the new one", "[plugin]") {
  Folder folder;
  auto path = folder.write("a.ndjson", "1\n");
  Reading reading(path, R"(,"follow":true)");
  REQUIRE(reading.source->start().has_value());
  CHECK(bodies(reading.read(1)) == Texts{"1"});
  std::ofstream old(path, std::ios::app);
  std::filesystem::rename(path, folder.path() / "a.1");
  folder.write("a.ndjson", "4\n");
  old << "2\n" << std::flush;
  CHECK(bodies(reading.read(2)).back() == "2");
  old << "3" << std::flush;
  CHECK(bodies(reading.read(4)) == Texts{"1", "2", "3", "4"});
}

TEST_CASE("file source: a file that is renamed before its turn is not lost", "[plugin]") {
  Folder folder;
  auto path = folder.write("a.ndjson", "1\n");
  Reading reading(path, R"(,"follow":true)");
  REQUIRE(reading.source->start().has_value());
  CHECK(bodies(reading.read(1)) == Texts{"1"});
  for (const char* next : {"2", "3", "4"}) {
    std::filesystem::rename(path, folder.path() / ("a." + std::string(next)));
    folder.write("a.ndjson", std::string(next) + "\n");
    REQUIRE(reading.source->poll(reading.records, 2, 1 << 20, milliseconds(100)).has_value());
  }
  CHECK(bodies(reading.read(4)) == Texts{"1", "2", "3", "4"});
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
