// The file source after a restart: what it goes on from, whatever has become of its file meanwhile.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "core/plugin/source.hpp"
#include "core/plugin/state_file.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::Record;
using plugin::Source;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

struct Followed {
  // A run over the same state; it ends with its scope, as by kill -9 unless stop() was called.
  struct Run {
    Run(plugin::Registry& registry, const fs::path& path, const fs::path& state, const std::string& more) {
      plugin::Surroundings surroundings{.name = "sources.test"};
      surroundings.log = [this](int, std::string_view, std::string_view text) { log += std::string(text) + "\n"; };
      surroundings.state = std::make_shared<plugin::StateFile>(state);
      surroundings.owner = "p/sources.test";
      std::string config = R"({"path":")" + path.string() + R"(","follow":true)" + more + "}";
      source = *Source::make(registry, "file", config, surroundings);
      REQUIRE(source->start().has_value());
    }
    // Until so many are there, or nothing comes.
    Texts read(std::size_t count) {
      std::size_t before = records.size();
      for (int idle = 0; records.size() < before + count && idle < 15;) {
        std::size_t there = records.size();
        REQUIRE(source->poll(records, count, 1 << 20, milliseconds(100)).has_value());
        idle = records.size() == there ? idle + 1 : 0;
      }
      Texts out;
      for (std::size_t i = before; i < records.size(); ++i) out.emplace_back(records[i].body);
      return out;
    }
    void settle(std::size_t index) { source->settle(records.at(index).token, AORTA_WRITTEN); }
    void settle_all() {
      for (; settled < records.size(); ++settled) settle(settled);
    }
    // What has ended is kept when the source is polled next, but not before a tenth of a second has passed.
    void keep() {
      std::vector<Record> none;
      for (int i = 0; i < 2; ++i) REQUIRE(source->poll(none, 1, 1, milliseconds(120)).has_value());
      CHECK(none.empty());
    }
    std::string log;
    std::vector<Record> records;
    std::size_t settled = 0;
    std::unique_ptr<Source> source;
  };

  std::unique_ptr<Run> run(const std::string& more = "") {
    return std::make_unique<Run>(registry, path, folder.path() / "state.db", more);
  }
  void append(const std::string& text) { std::ofstream(path, std::ios::app) << text; }
  // Reads all, has all of it end, stops.
  Texts read_all(std::size_t count) {
    auto one = run();
    Texts out = one->read(count);
    one->settle_all();
    REQUIRE(one->source->stop().has_value());
    return out;
  }

  Folder folder;
  fs::path path = folder.path() / "in/a.ndjson";
  plugin::Registry registry{{fs::path(AORTA_BINARY_DIR) / "lib/aorta/plugins"}};

  explicit Followed(const std::string& text) {
    fs::create_directory(folder.path() / "in");
    append(text);
  }
};

}  // namespace

TEST_CASE("resume: a followed file goes on behind what has ended", "[plugin]") {
  Followed file("1\n2\n\n3\n");
  CHECK(file.read_all(3) == Texts{"1", "2", "3"});
  file.append("4\n");
  auto again = file.run();
  CHECK(again->read(1) == Texts{"4"});
  CHECK(again->records[0].position == file.path.string() + ":5");
}

TEST_CASE("resume: what has not ended comes again, what ended behind a gap too", "[plugin]") {
  Followed file("1\n2\n3\n4\n");
  {
    auto killed = file.run();
    REQUIRE(killed->read(4).size() == 4);
    killed->settle(0);
    killed->settle(2);
    killed->settle(3);
    killed->keep();
  }
  auto again = file.run();
  CHECK(again->read(3) == Texts{"2", "3", "4"});
  CHECK(again->records[0].position == file.path.string() + ":2");
}

TEST_CASE("resume: nothing that has ended, all of it comes again", "[plugin]") {
  Followed file("1\n2\n");
  { CHECK(file.run()->read(2).size() == 2); }
  CHECK(file.run()->read(2) == Texts{"1", "2"});
}

TEST_CASE("resume: it can be told not to", "[plugin]") {
  Followed file("1\n2\n");
  file.read_all(2);
  CHECK(file.run(R"(,"resume":false)")->read(2) == Texts{"1", "2"});
}

TEST_CASE("resume: half a line is read whole", "[plugin]") {
  Followed file("1\n2");
  CHECK(file.read_all(1) == Texts{"1"});
  file.append("2\n");
  CHECK(file.run()->read(1) == Texts{"22"});
}

TEST_CASE("resume: a file that was renamed meanwhile is read to its end, then the new one", "[plugin]") {
  Followed file("1\n2\n3\n");
  {
    auto killed = file.run();
    REQUIRE(killed->read(3).size() == 3);
    killed->settle(0);
    killed->keep();
  }
  fs::rename(file.path, file.path.string() + ".1");
  file.append("4\n");
  auto again = file.run();
  CHECK(again->read(3) == Texts{"2", "3", "4"});
  CHECK(again->records[0].position == file.path.string() + ".1:2");
  again->settle_all();
  again->keep();
  again.reset();
  file.append("5\n");
  CHECK(file.run()->read(1) == Texts{"5"});
}

TEST_CASE("resume: files that were renamed while it ran are remembered, several of them", "[plugin]") {
  Followed file("1\n");
  {
    auto killed = file.run();
    REQUIRE(killed->read(1).size() == 1);
    for (const char* next : {"2", "3"}) {
      fs::rename(file.path, file.path.string() + "." + next);
      file.append(std::string(next) + "\n");
      REQUIRE(killed->source->poll(killed->records, 2, 1 << 20, milliseconds(100)).has_value());
    }
    killed->settle(0);
    REQUIRE(killed->source->stop().has_value());
  }
  CHECK(file.run()->read(2) == Texts{"2", "3"});
}

TEST_CASE("resume: a file that was truncated meanwhile is read from its start", "[plugin]") {
  Followed file("1\n2\n3\n");
  file.read_all(3);
  std::ofstream(file.path, std::ios::trunc) << "41\n42\n43\n44\n";
  auto again = file.run();
  CHECK(again->read(4) == Texts{"41", "42", "43", "44"});
  CHECK(again->log.find("was read to line 3") != std::string::npos);
  again->settle_all();
  REQUIRE(again->source->stop().has_value());
  CHECK(file.run()->read(1).empty());
}

TEST_CASE("resume: a file that was replaced, and is gone, is told", "[plugin]") {
  Followed file("1\n2\n");
  {
    auto killed = file.run();
    REQUIRE(killed->read(2).size() == 2);
    killed->settle(0);
    killed->keep();
  }
  fs::rename(file.path, file.folder.path() / "elsewhere");
  file.append("3\n");
  auto again = file.run();
  CHECK(again->read(1) == Texts{"3"});
  CHECK(again->log.find("what had not ended of it cannot be read") != std::string::npos);
}

TEST_CASE("resume: truncated while it runs, it goes on in the new content", "[plugin]") {
  Followed file("1\n2\n");
  {
    auto killed = file.run();
    REQUIRE(killed->read(2).size() == 2);
    std::ofstream(file.path, std::ios::trunc) << "3\n4\n";
    REQUIRE(killed->read(2) == Texts{"3", "4"});
    killed->settled = 0;
    for (std::size_t i = 0; i < 3; ++i) killed->settle(i);
    killed->keep();
  }
  CHECK(file.run()->read(1) == Texts{"4"});
}

TEST_CASE("resume: of a followed folder, files that have ended are not read again", "[plugin]") {
  Followed file("1\n2\n");
  file.folder.write("in/b.json", "[3,4]");
  file.folder.write("in/c.ndjson", "5\n6\n");
  file.path = file.folder.path() / "in";
  {
    auto killed = file.run();
    REQUIRE(killed->read(6).size() == 6);
    for (std::size_t i = 0; i < 5; ++i) killed->settle(i);
    killed->keep();
  }
  file.folder.write("in/0.ndjson", "0\n");
  auto again = file.run();
  CHECK(again->read(2) == Texts{"0", "6"});
  again->settle_all();
  REQUIRE(again->source->stop().has_value());
  fs::remove(file.path / "a.ndjson");
  file.folder.write("in/a.ndjson", "another\n");
  CHECK(file.run()->read(1) == Texts{"another"});
}

TEST_CASE("resume: an array that has not ended is read from its start", "[plugin]") {
  Followed file("");
  file.folder.write("in/b.json", "[1,2,3]");
  file.path = file.folder.path() / "in";
  {
    auto killed = file.run();
    REQUIRE(killed->read(3).size() == 3);
    killed->settle(0);
    killed->keep();
  }
  CHECK(file.run()->read(3) == Texts{"1", "2", "3"});
}

TEST_CASE("resume: a named pipe has nothing to go on from", "[plugin]") {
  Followed file("");
  file.path = file.folder.path() / "in/pipe";
  REQUIRE(mkfifo(file.path.c_str(), 0600) == 0);
  for (int i = 0; i < 2; ++i) {
    auto run = file.run();
    file.append("1\n");
    CHECK(run->read(1) == Texts{"1"});
    run->settle_all();
    REQUIRE(run->source->stop().has_value());
  }
}
