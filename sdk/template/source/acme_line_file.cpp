#include <aorta/plugin.hpp>
#include <fstream>

// Reads a file line by line.
struct AcmeLineFile {
  static constexpr std::string_view id = "acme.line_file";
  struct Config {
    std::filesystem::path path;
  };
  static constexpr auto schema = aorta::schema<Config>(aorta::field("path", &Config::path, "File to read").required());

  explicit AcmeLineFile(const Config& config) : in_(config.path) {
    if (!in_) throw aorta::Reject("cannot-open", config.path.string() + ": cannot be opened");
  }
  aorta::Status poll(aorta::Batch& out, std::size_t, std::chrono::milliseconds) {
    for (std::string line; !out.full() && std::getline(in_, line);) {
      std::string number = std::to_string(++line_);
      out.add({line, number, number});
    }
    return in_ ? aorta::Status::Ok : aorta::Status::End;
  }
  std::ifstream in_;
  long line_ = 0;
};
AORTA_PLUGIN(AcmeLineFile)
