#include "core/observe/log.hpp"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

using namespace aorta::observe;

namespace {

// What a log with these options writes into a pipe.
template <class Write>
std::string logged(Log::Options options, Write write) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  options.descriptor = ends[1];
  {
    Log log(options);
    write(log);
  }
  close(ends[1]);
  std::array<char, 4096> buffer{};
  ssize_t size = read(ends[0], buffer.data(), buffer.size());
  close(ends[0]);
  return std::string(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

void write_one(Log& log) {
  log.write(Level::Warning, "pipeline", "slow\nsource", {{"source", "bed side"}, {"records", std::uint64_t{7}}});
}

}  // namespace

TEST_CASE("log: a text line is time, level, part, message and key=value", "[observe]") {
  std::string line = logged({}, write_one);
  REQUIRE(line.size() > 21);
  CHECK(line[10] == 'T');
  CHECK(line.substr(19) == "Z warning pipeline: slow\\u000asource source=\"bed side\" records=7\n");
}

TEST_CASE("log: a JSON line is one object", "[observe]") {
  std::string line = logged({.format = LogFormat::Json}, write_one);
  CHECK(line.substr(0, 9) == "{\"time\":\"");
  CHECK(
      line.substr(line.find("Z\",") + 2) ==
      R"(,"level":"warning","part":"pipeline","message":"slow\u000asource","source":"bed side","records":7})"
      "\n"
  );
}

TEST_CASE("log: a text line shows quotes as they are, within a field's quotes escaped", "[observe]") {
  std::string line = logged({}, [](Log& log) {
    log.write(Level::Error, "sink", R"(no template "bp")", {{"type", R"("b p")"}, {"name", R"(b"p)"}});
  });
  CHECK(line.substr(19) == "Z error sink: no template \"bp\" type=\"\\\"b p\\\"\" name=\"b\\\"p\"\n");
}

TEST_CASE("log: what lies below the least level is not written", "[observe]") {
  CHECK(logged({.least = Level::Error}, write_one).empty());
  CHECK(*parse_level("warning") == Level::Warning);
  CHECK(parse_level("warn").has_error());
}
