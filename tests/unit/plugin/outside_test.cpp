// clock/1, state/1, metrics/1, secret/1 and http-client/1, as plugins have them in the host and in a worker.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "core/http/listener.hpp"
#include "core/plugin/metric_book.hpp"
#include "core/plugin/secret_book.hpp"
#include "core/plugin/sink.hpp"
#include "core/plugin/source.hpp"
#include "core/plugin/state_file.hpp"
#include "core/plugin/templates.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using namespace std::chrono_literals;
using plugin::Source;

namespace {

struct Outside {
  explicit Outside(bool in_a_worker) : isolated(in_a_worker) {
    install(folder, "outside", read_file(built("outside.manifest.json")));
    registry.emplace(std::vector{folder.path()});
    secret = folder.write("key", "first\n");
  }

  plugin::Surroundings surroundings(std::string name) {
    plugin::Surroundings out{.name = name};
    out.state = std::make_shared<plugin::StateFile>(folder.path() / "state.db");
    out.owner = "p/" + name;
    out.metrics = metrics;
    out.secrets = std::make_shared<plugin::SecretBook>(std::vector<plugin::SecretOrigin>{
        {"key", "first", secret.string()}, {"other", "fixed", ""}});
    if (isolated) out.isolation.emplace().program = std::string(AORTA_BINARY_DIR) + "/bin/aorta";
    return out;
  }

  Result<std::unique_ptr<Source>> source(const std::string& more = "") {
    return Source::make(*registry, "test.outside", R"({"key":"first")" + more + "}", surroundings("sources.test"));
  }

  // What a run of the source tells.
  std::map<std::string, std::string> run(const std::string& more = "") {
    auto made = source(more);
    REQUIRE(made.has_value());
    REQUIRE((*made)->start().has_value());
    std::vector<plugin::Record> records;
    REQUIRE((*made)->poll(records, 100, 1 << 20, 100ms).has_value());
    std::map<std::string, std::string> out;
    for (const plugin::Record& record : records) {
      std::size_t at = record.body.find('|');
      out.emplace(record.body.substr(0, at), record.body.substr(at + 1));
      (*made)->settle(record.token, AORTA_WRITTEN);
    }
    REQUIRE((*made)->stop().has_value());
    return out;
  }

  double metric(std::string_view name) const {
    std::vector<plugin::MetricReading> all = metrics->read();
    auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.definition.name == name; });
    REQUIRE(found != all.end());
    return found->value;
  }

  const bool isolated;
  Folder folder;
  std::filesystem::path secret;
  std::optional<plugin::Registry> registry;
  std::shared_ptr<plugin::MetricBook> metrics = std::make_shared<plugin::MetricBook>();
};

}  // namespace

TEST_CASE("outside: state is there after a restart, settled records included", "[plugin]") {
  Outside outside(GENERATE(false, true));
  CHECK(outside.run()["starts"] == "1");
  auto second = outside.run();
  CHECK(second["starts"] == "2");
  CHECK(second["kept"] == "big settled 1 settled 2 settled 3 settled 4 starts stopped ");
  CHECK(outside.run(R"(,"state_size":65537)")["kept"] == "state/value-too-long");
}

TEST_CASE("outside: a secret is what its file holds now", "[plugin]") {
  Outside outside(GENERATE(false, true));
  auto made = outside.source();
  REQUIRE(made.has_value());
  outside.folder.write("key", "second\n");
  CHECK(outside.run()["key"] == "second");
  std::filesystem::remove(outside.secret);
  CHECK(outside.run()["key"] == "secret/unavailable");
  plugin::SecretBook book({{"other", "fixed", ""}});
  CHECK(*book.read("other") == "fixed");
  CHECK(book.read("nothing").error().reason() == "secret/unknown");
}

TEST_CASE("outside: what is counted adds up over restarts of the plugin", "[plugin]") {
  Outside outside(GENERATE(false, true));
  outside.run();
  outside.run();
  CHECK(outside.metric("polls_total") == 2);
  CHECK(outside.metric("level") == 7);
  CHECK(outside.metric("size_bytes") == 110);
  auto made = outside.source(R"(,"series":99)");
  REQUIRE(made.has_error());
  CHECK(made.error().reason() == "metrics/too-many");
}

TEST_CASE("outside: a server is asked, with all that was said", "[plugin]") {
  Outside outside(GENERATE(false, true));
  auto listener = *http::Listener::open("127.0.0.1:0", [](const http::Asked& asked) {
    return http::Answer{201, std::string(asked.method) + std::string(asked.field("x-test")) + std::string(asked.body)};
  });
  std::string url = R"(,"url":"http://)" + listener->address() + R"(/x")";
  CHECK(outside.run(url + R"(,"method":"PATCH")")["http"] == "201 PATCH1in text/plain; charset=utf-8");
  CHECK(outside.run(url + R"(,"method":"BREW")")["http"] == "http/bad-request");
  CHECK(outside.run(R"(,"url":"http://127.0.0.1:1/")")["http"] == "http/unreachable");
  CHECK(outside.run()["clock"] == "runs");
}

TEST_CASE("outside: a wait ends when the instance is to come to an end", "[plugin]") {
  Outside outside(GENERATE(false, true));
  auto made = outside.source(R"(,"wait":true)");
  REQUIRE(made.has_value());
  REQUIRE((*made)->start().has_value());
  std::thread cancelling([&] {
    std::this_thread::sleep_for(50ms);
    (*made)->cancel();
  });
  std::vector<plugin::Record> records;
  auto before = std::chrono::steady_clock::now();
  CHECK(*(*made)->poll(records, 1, 1, 100ms) == Source::State::Cancelled);
  CHECK(std::chrono::steady_clock::now() - before < 2s);
  cancelling.join();
}

TEST_CASE("outside: a sink keeps state and counts", "[plugin]") {
  Outside outside(GENERATE(false, true));
  group::MemberBuffer members;
  mapping::Measurement measurement;
  measurement.type = "hr";
  members.add(measurement);
  std::vector<group::Group> groups = {{members.members(), {}}};
  for (const char* expected : {"write-1", "write-2"}) {
    auto sink =
        plugin::Sink::make(*outside.registry, "test.outside_sink", "{}", {}, outside.surroundings("sinks.test"));
    REQUIRE(sink.has_value());
    auto endings = (*sink)->write(groups);
    REQUIRE(endings.has_value());
    CHECK((*endings)[0][0].reason == expected);
  }
  CHECK(outside.metric("writes_total") == 2);
}

TEST_CASE("outside: template types are given nothing of it", "[plugin]") {
  Outside outside(false);
  plugin::PluginTemplateFactory factory(*outside.registry, {.name = "normalize"});
  mapping::DeviceMapping mapping = mapping::load_device_mapping(
      R"({"templateType":"CollectionContent","template":[{"templateType":"test.outside_template","template":{}}]})",
      factory
  );
  REQUIRE(mapping.problems.size() == 1);
  CHECK(mapping.problems[0].message.find("no interface state/1 for this plugin") != std::string::npos);
}
