// A source with one id per build (MATRIX_ID): what compilers and C++ runtimes could disagree about, each used once.
#include <aorta/plugin.hpp>
#include <map>
#include <memory>

struct Matrix {
  static constexpr std::string_view id = MATRIX_ID;
  struct Config {
    std::string device = "none";
    std::vector<std::string> names{"a", "b"};
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("device", &Config::device, "Device"), aorta::field("names", &Config::names, "Names")
  );
  explicit Matrix(Config config, aorta::Host host) : config_(std::move(config)), host_(host) {}

  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds) {
    if (calls_++ == 0) throw aorta::Retry("peer-away", "The first poll is thrown away.");
    for (; next_ < config_.names.size() && !out.full(); ++next_) {
      const std::string& name = config_.names[next_];
      std::string body = R"({"device":")" + config_.device + R"(","patient":"p1","at":"2026-11-22T06:00:0)" +
                         std::to_string(next_) + R"(Z","hr":71})";
      tokens_[name] = std::make_unique<std::string>(name);
      out.add({body, *tokens_[name], name});
    }
    host_.info("handed over");
    return next_ < config_.names.size() ? aorta::Status::Ok : aorta::Status::End;
  }
  void settle(std::string_view token, aorta::Outcome) { tokens_.erase(std::string(token)); }

 private:
  Config config_;
  aorta::Host host_;
  int calls_ = 0;
  std::size_t next_ = 0;
  std::map<std::string, std::unique_ptr<std::string>> tokens_;
};
AORTA_PLUGIN(Matrix)
