// Plugins of every kind over the SDK, good and bad. Linked with a C++ runtime of its own: nothing it throws may cross
// the boundary.
#include <aorta/plugin.hpp>
#include <stdexcept>

struct Settings {
  static constexpr std::string_view id = "test.settings";
  struct Config {
    std::string text;
    bool flag = true;
    std::int64_t count = 3;
    double ratio = 0.5;
    std::chrono::milliseconds every{5000};
    aorta::Bytes most{16 << 20};
    std::vector<std::string> names{"a", "b"};
    std::filesystem::path path{"here"};
    aorta::Secret key;
    std::optional<std::int64_t> extra;
    std::string mode = "one";
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("text", &Config::text, "Any text").required().examples("x"),
      aorta::field("flag", &Config::flag, "A flag"), aorta::field("count", &Config::count, "A count").min(1).max(10),
      aorta::field("ratio", &Config::ratio, "A ratio"), aorta::field("every", &Config::every, "A duration"),
      aorta::field("most", &Config::most, "A size"), aorta::field("names", &Config::names, "Names"),
      aorta::field("path", &Config::path, "A path"), aorta::field("key", &Config::key, "A secret"),
      aorta::field("extra", &Config::extra, "May be left out"),
      aorta::field("mode", &Config::mode, "One or two").one_of("one", "two")
  );

  explicit Settings(Config config) : config_(std::move(config)) {}

  // One record that says what was understood.
  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds) {
    const Config& c = config_;
    std::string body = c.text + "|" + (c.flag ? "true" : "false") + "|" + std::to_string(c.count) + "|" +
                       std::to_string(c.every.count()) + "|" + std::to_string(c.most.count) + "|" +
                       std::to_string(c.names.size()) + "|" + c.path.string() + "|" + c.key.value + "|" +
                       (c.extra ? std::to_string(*c.extra) : "none") + "|" + c.mode;
    out.add({body, "1", "settings"});
    return aorta::Status::End;
  }

 private:
  Config config_;
};

struct ThrowsWhenMade {
  static constexpr std::string_view id = "test.throws_when_made";
  ThrowsWhenMade() { throw std::runtime_error("no luck today"); }
  aorta::Status poll(aorta::Batch&, std::size_t, std::chrono::milliseconds) { return aorta::Status::End; }
};

struct ThrowsInPoll {
  static constexpr std::string_view id = "test.throws_in_poll";
  aorta::Status poll(aorta::Batch&, std::size_t, std::chrono::milliseconds) {
    if (calls_++ == 0) throw aorta::Retry("peer-away", "the peer is away");
    throw 42;
  }
  int calls_ = 0;
};

struct FailsToStart {
  static constexpr std::string_view id = "test.fails_to_start";
  void start() { throw aorta::Reject("no-file", "there is no file"); }
  aorta::Status poll(aorta::Batch&, std::size_t, std::chrono::milliseconds) { return aorta::Status::End; }
};

// A template type with a Config: its entry of the device mapping is read by the schema.
struct Vitals {
  static constexpr std::string_view id = "test.vitals";
  static constexpr std::array<std::string_view, 1> spellings{"test.vitals_template"};
  struct Config {
    std::string type;
    std::string value = "hr";
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("type", &Config::type, "Type").required(), aorta::field("value", &Config::value, "Value")
  );
  explicit Vitals(Config config) : config_(std::move(config)) {}
  void apply(aorta::Document message, aorta::Measurements& out) {
    aorta::Node body = message.root()["Body"];
    auto time = message.time(body["time"]);
    if (!time) throw aorta::Reject("no-time", "the message has no time");
    for (aorta::NodeChild child : body.children()) {
      std::string_view text;
      if (child.name != config_.value || message.text(child.value, text) != aorta::Document::Text::Found) continue;
      aorta_pair value{aorta::to_abi(child.name), aorta::to_abi(text)};
      out.add({config_.type, body["dev"].text(), *time, {&value, 1}});
    }
  }

 private:
  Config config_;
};

// Writes the even measurements of a group, filters the third, fails the fifth, is silent about the rest.
struct Picky {
  static constexpr std::string_view id = "test.picky";
  void write(const aorta::Groups& groups, aorta::Results& results) {
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      for (std::uint64_t m = 0; m < groups[g].size(); ++m) {
        if (m % 2 == 0 && m != 4) results.written(g, m);
        if (m == 3) results.filtered(g, m, "every-third");
        if (m == 4) results.failed(g, m, "picky/fifth", std::string(groups[g][m].values[0].name.data, 2));
      }
    }
  }
};

// Refuses a write as a whole when the device "bad" is in it, and throws something unforeseen at "worse".
struct Choosy {
  static constexpr std::string_view id = "test.choosy";
  void write(const aorta::Groups& groups, aorta::Results& results) {
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      if (groups[g].device() == "bad") throw aorta::Reject("choosy/bad-device", "a device is bad");
      if (groups[g].device() == "worse") throw std::out_of_range("no such thing");
      for (std::uint64_t m = 0; m < groups[g].size(); ++m) results.written(g, m);
    }
  }
};

AORTA_MODULE("sdk-plugins", "1.2.3", Settings, ThrowsWhenMade, ThrowsInPoll, FailsToStart, Vitals, Picky, Choosy)
