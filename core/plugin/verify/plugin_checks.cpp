#include <malloc.h>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <thread>

#include "aorta/testing/sink_driver.hpp"
#include "aorta/testing/source_driver.hpp"
#include "aorta/testing/template_driver.hpp"
#include "core/plugin/verify/checks.hpp"
#include "core/plugin/verify/sample.hpp"
#include "core/plugin/verify/traces.hpp"

namespace aorta::plugin::verify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::Answer;
using testing::Library;
using testing::SinkDriver;
using testing::SourceDriver;
using testing::TemplateDriver;

constexpr std::size_t kMostRecords = 1000;  // what a check asks of a source that never ends
constexpr int kLives = 100;
constexpr std::size_t kGrowth = 16 << 10;

// Runs `use` with a driver of the subject's kind, made with `config`; its breaches become findings.
template <class Use>
void with_driver(const Library& library, const Subject& subject, const std::string& config, Report& report, Use use) {
  const std::string& id = subject.plugin->id;
  auto drive = [&](auto& driver) {
    use(driver);
    driver.destroy();
    report.found_lines(driver.broken());
  };
  if (subject.plugin->kind == Kind::Source) {
    SourceDriver driver(library, id, config);
    drive(driver);
  } else if (subject.plugin->kind == Kind::Template) {
    TemplateDriver driver(library, id, config);
    drive(driver);
  } else {
    SinkDriver driver(library, id, config);
    drive(driver);
  }
}

std::string said(const Answer& answer) { return answer.reason + ": " + answer.message; }

// Made, and ready to be called; else why not, which is a finding or a check that cannot be made.
template <class Driver>
bool is_usable(Driver& driver, const Subject& subject, Report& report) {
  Answer answer = driver.made();
  if (driver.exists() && answer.ok()) answer = driver.start();
  if (answer.ok()) return true;
  if (subject.given) {
    report.found("it does not start with the configuration given: " + said(answer));
  } else {
    report.skipped("it does not start with a made-up configuration (" + said(answer) + "); give one with --config");
  }
  return false;
}

// One whole life of an instance.
void live(const Library& library, const Subject& subject, Report& report) {
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if (!driver.exists()) return;
    (void)driver.start();
    (void)driver.stop();
  });
}

// Of every kind ----------------------------------------------------------------------------------------------------
void examples(const Subject& subject, Report& report) {
  auto sample = sample_config(subject.plugin->config_schema, subject.sample_file);
  if (sample.has_error() && !subject.given)
    return report.skipped(std::string(sample.error().message()) + "; give one with --config");
  auto configs = example_configs(subject.plugin->config_schema, subject.config);
  if (configs.has_error()) return report.found(std::string(configs.error().message()));
  Library library(subject.library);
  for (const std::string& config : *configs) {
    with_driver(library, subject, config, report, [&](auto& driver) {
      if (!driver.exists() && driver.made().reason == "bad-config")
        report.found("refuses an example of its own schema: " + driver.made().message);
    });
  }
}

void mutated(const Subject& subject, Report& report) {
  Library library(subject.library);
  for (const Mutation& mutation : mutations(subject.config)) {
    std::size_t before = mallinfo2().uordblks;
    with_driver(library, subject, mutation.config, report, [](auto&) {});
    if (mallinfo2().uordblks > before + (8 << 20))
      report.found("keeps more than 8 MiB of a configuration with " + mutation.what + "; check it before you use it");
  }
}

void lives(const Subject& subject, Report& report) {
  Library library(subject.library);
  for (int i = 0; i < 10; ++i) live(library, subject, report);
  std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < kLives; ++i) live(library, subject, report);
  std::size_t after = mallinfo2().uordblks;
  if (after > before + kGrowth)
    report.found(
        std::to_string(kLives) + " instances left " + std::to_string((after - before) >> 10) +
        " KiB behind; free in destroy() all that create() and start() took"
    );
}

void orders(const Subject& subject, Report& report) {
  Library library(subject.library);
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if (driver.exists() && !driver.stop().ok()) report.found("stop() without start() failed; it is safe without");
  });
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if (!driver.exists()) return;
    bool started = driver.start().ok();
    bool stopped = driver.stop().ok() && driver.stop().ok();
    if (started && !stopped) report.found("stop() failed, or failed the second time; it is safe twice");
  });
  with_driver(library, subject, subject.config, report, [](auto& driver) {
    if (driver.exists()) (void)driver.start();
  });
}

void use_once(SourceDriver& driver, const Subject&) { (void)driver.poll(10); }
void use_once(TemplateDriver& driver, const Subject& subject) { (void)driver.apply({subject.messages.front()}); }
void use_once(SinkDriver& driver, const Subject&) { (void)driver.write({{"heartrate", "d1", {{}}}}); }

void leaves_nothing(const Subject& subject, Report& report) {
  Library library(subject.library);
  Traces before = Traces::now();
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if (driver.exists() && driver.start().ok()) use_once(driver, subject);
    if (driver.exists()) (void)driver.stop();
  });
  std::this_thread::sleep_for(milliseconds(20));
  for (const std::string& one : differences(before, Traces::now())) report.found("after its life " + one);
}

// A host that has nothing to offer.
void poor_host(const Subject& subject, Report& report) {
  Library library(subject.library);
  testing::FakeHost host;
  for (const char* id : {AORTA_LOG_ID, AORTA_CANCEL_ID, AORTA_FAILURE_ID}) host.offer(id, nullptr);
  testing::FakeHost::said() = {};
  const std::string config = subject.plugin->kind == Kind::Template ? "{}" : subject.config;
  const std::string& id = subject.plugin->id;
  aorta_plugin* made = library.module().create(host.raw(), to_abi(id), to_abi(config));
  if (made) return made->destroy(made);
  (void)host.failed("create()");
  report.found_lines(host.contract().text());
}

// Sources ----------------------------------------------------------------------------------------------------------
// One that is sent to is sent a message at each of its paths, and what is none.
void send_to(SourceDriver& driver, const Subject& subject) {
  testing::FakeRoutes& routes = driver.world().routes;
  for (const std::string& path : routes.paths()) {
    routes.send(path, {subject.messages.front()});
    routes.send(path, {"{\"a\":"});
    routes.send(path, {"", "BREW"});
  }
}

void polls(const Subject& subject, Report& report) {
  Library library(subject.library);
  struct Size {
    std::uint64_t records, bytes;
  };
  for (Size size : {Size{1, 1 << 20}, Size{100, 1}, Size{100000, 1 << 30}}) {
    with_driver(library, subject, subject.config, report, [&](auto& driver) {
      if constexpr (std::is_same_v<decltype(driver), SourceDriver&>) {
        if (!is_usable(driver, subject, report)) return;
        std::size_t got = 0;
        for (int i = 0; i < 200 && got < kMostRecords && !driver.ended(); ++i) {
          if (i < 20) send_to(driver, subject);
          auto polled = driver.poll(size.records, size.bytes);
          got += polled.records.size();
          for (const auto& record : polled.records) driver.settle(record.token);
          if (polled.answer.code == AORTA_FATAL) break;
        }
        if (driver.ended()) (void)driver.poll();
        (void)driver.stop();
      }
    });
  }
}

// Settled in any order, with every outcome, and not at all.
void settles(const Subject& subject, Report& report) {
  Library library(subject.library);
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if constexpr (std::is_same_v<decltype(driver), SourceDriver&>) {
      if (!is_usable(driver, subject, report)) return;
      std::vector<testing::ReceivedRecord> all;
      for (int i = 0; i < 10 && all.size() < 100; ++i) {
        send_to(driver, subject);
        for (auto& record : driver.poll(20).records) all.push_back(std::move(record));
      }
      for (std::size_t i = all.size(); i > all.size() / 4; --i)
        driver.settle(all[i - 1].token, static_cast<Outcome>(1 + i % 4));
      (void)driver.stop();
    }
  });
}

void cancels(const Subject& subject, Report& report) {
  Library library(subject.library);
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if constexpr (std::is_same_v<decltype(driver), SourceDriver&>) {
      if (!is_usable(driver, subject, report)) return;
      for (int i = 0; i < 50 && !driver.ended(); ++i) {
        if (driver.poll().records.empty()) break;
      }
      steady_clock::time_point cancelled;
      std::thread other([&] {
        std::this_thread::sleep_for(milliseconds(100));
        cancelled = steady_clock::now();
        driver.cancel();
      });
      (void)driver.poll(100, 1 << 20, milliseconds(4000));
      auto returned = steady_clock::now();
      other.join();
      auto late = std::chrono::duration_cast<milliseconds>(returned - cancelled);
      if (returned > cancelled && late > milliseconds(1000))
        report.found(
            "poll() returned " + std::to_string(late.count()) +
            " ms after it was cancelled, of 1000 ms allowed; wait in slices and return when host.cancelled() says so"
        );
      (void)driver.stop();
    }
  });
}

// Template types ---------------------------------------------------------------------------------------------------
bool is_loaded(const TemplateDriver& driver, const Subject& subject, Report& report) {
  if (driver.exists() && driver.loaded().ok()) return true;
  std::string why =
      driver.problems().empty() ? said(driver.exists() ? driver.loaded() : driver.made()) : driver.problems()[0];
  if (subject.given) {
    report.found("it does not load the entry given: " + why);
  } else {
    report.skipped("it does not load a made-up entry (" + why + "); give one with --config");
  }
  return false;
}

std::vector<TemplateDriver::Applied> apply_all(const Library& library, const Subject& subject, Report& report) {
  std::vector<TemplateDriver::Applied> out;
  TemplateDriver driver(library, subject.plugin->id, subject.config);
  if (is_loaded(driver, subject, report)) {
    (void)driver.start();
    for (const std::string& message : subject.messages) out.push_back(driver.apply({message}));
    (void)driver.stop();
  }
  driver.destroy();
  report.found_lines(driver.broken());
  return out;
}

void same_twice(const Subject& subject, Report& report) {
  Library library(subject.library);
  if (apply_all(library, subject, report) != apply_all(library, subject, report))
    report.found("two instances of one entry gave different measurements; share nothing that changes");
}

void same_elsewhere(const Subject& subject, Report& report) {
  Library library(subject.library);
  auto here = apply_all(library, subject, report);
  if (here.empty()) return;
  setenv("TZ", "Asia/Kathmandu", 1);
  tzset();
  for (const char* name : {"de_DE.UTF-8", "tr_TR.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
    if (setlocale(LC_ALL, name)) break;
  }
  if (apply_all(library, subject, report) != here)
    report.found("another locale or time zone of the host changed the measurements; use neither (std::from_chars, UTC)"
    );
}

// Sinks ------------------------------------------------------------------------------------------------------------
std::vector<testing::TestGroup> groups_of(std::size_t groups, std::size_t measurements) {
  std::vector<testing::TestGroup> out(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    out[g].device = "device-" + std::to_string(g);
    if (g % 2 == 0) out[g].patient = "patient-" + std::to_string(g);
    for (std::size_t m = 0; m < measurements; ++m) {
      auto ticks = static_cast<std::int64_t>(638678016000000000 + m * 10000000);
      out[g].measurements.push_back({{ticks, AORTA_TIME_UTC, 0}, {{"hr", std::to_string(m)}}});
    }
  }
  return out;
}

void writes(const Subject& subject, Report& report) {
  Library library(subject.library);
  with_driver(library, subject, subject.config, report, [&](auto& driver) {
    if constexpr (std::is_same_v<decltype(driver), SinkDriver&>) {
      if (!is_usable(driver, subject, report)) return;
      (void)driver.write({});
      (void)driver.write(groups_of(1, 1));
      (void)driver.write(groups_of(3, 2));
      (void)driver.write(groups_of(1, 5000));
      (void)driver.write(groups_of(2000, 1));
      auto odd = groups_of(1, 1);
      odd[0].measurements[0].values = {{"", ""}, {"hr", std::string(1 << 20, '9')}, {"hr", "\xff\xfe"}};
      odd[0].type = odd[0].device = "";
      (void)driver.write(odd);
      (void)driver.stop();
    }
  });
}

}  // namespace

std::vector<Check> plugin_checks(Kind kind) {
  std::vector<Check> out{
      {"every example of its schema is accepted", examples},
      {"every changed member of its configuration is handled", mutated},
      {"create and destroy 100 times, no growth", lives},
      {"start and stop in every order", orders},
      {"a host that lacks what it needs is told", poor_host},
      {"leaves threads, files, locale, folder and signals alone", leaves_nothing},
  };
  if (kind == Kind::Source) {
    out.push_back({"records within limits, tokens of their own, none after the end", polls});
    out.push_back({"settled in any order, with any outcome, or not at all", settles});
    out.push_back({"poll returns when cancelled", cancels});
  }
  if (kind == Kind::Template) {
    out.push_back({"the same message gives the same, in any instance", same_twice});
    out.push_back({"the same in another locale and time zone", same_elsewhere});
  }
  if (kind == Kind::Sink) out.push_back({"one word for each measurement, in batches tiny and huge", writes});
  return out;
}

}  // namespace aorta::plugin::verify
