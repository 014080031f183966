#include <aorta/metrics.hpp>
#include <aorta/plugin.hpp>
#include <fstream>

// Reads a file line by line.
struct AcmeLineFile {
  static constexpr std::string_view id = "acme.line_file";
  struct Config {
    std::filesystem::path path;
  };
  static constexpr auto schema = aorta::schema<Config>(aorta::field("path", &Config::path, "File to read").required());

  AcmeLineFile(const Config& config, aorta::Host host)
      : in_(config.path), lines_(aorta::Metrics(host).counter("lines_total", "Lines read.")) {
    if (!in_) throw aorta::Reject("cannot-open", config.path.string() + ": cannot be opened");
  }
  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds) {
    for (std::string line; !out.full() && std::getline(in_, line); lines_.add()) {
      std::string number = std::to_string(++line_);
      out.add({line, number, number});
    }
    return in_ ? aorta::Status::Ok : aorta::Status::End;
  }
  std::ifstream in_;
  aorta::Counter lines_;
  long line_ = 0;
};
AORTA_PLUGIN(AcmeLineFile)
