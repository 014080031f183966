#include "core/observe/log.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <vector>

#include "core/base/text.hpp"

namespace aorta::observe {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warning", "error"};
constexpr std::array<spdlog::level::level_enum, 4> kSpdlogLevels{
    spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

std::string_view name_of(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// On one line, whatever it holds.
void append_visible(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (!is_control(c)) return void(out += c);
  auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

void append_visible(std::string& out, std::string_view text) {
  for (char c : text) append_visible(out, c);
}

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    append_visible(out, c);
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" =\"\\\t\r\n") != std::string_view::npos;
}

std::string text_line(
    Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields
) {
  std::string out(name_of(level));
  out.append(" ").append(part).append(": ");
  append_visible(out, message);
  for (const Field& f : fields) {
    out.append(" ").append(f.key).append("=");
    needs_quotes(f.value) ? append_quoted(out, f.value) : append_visible(out, f.value);
  }
  return out;
}

void append_member(std::string& out, std::string_view key, std::string_view value, bool number) {
  out += ',';
  append_quoted(out, key);
  out += ':';
  number ? void(out.append(value)) : append_quoted(out, value);
}

// The opening brace and the time come from the pattern.
std::string json_line(
    Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields
) {
  std::string out;
  append_member(out, "level", name_of(level), false);
  append_member(out, "part", part, false);
  append_member(out, "message", message, false);
  for (const Field& f : fields) append_member(out, f.key, f.value, f.number);
  return out + "}";
}

void write_whole(int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    ssize_t wrote = ::write(descriptor, data, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;
    data += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
}

class DescriptorSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  DescriptorSink(int descriptor, std::function<void(std::string_view)> writer)
      : descriptor_(descriptor), writer_(std::move(writer)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (writer_) return writer_({line.data(), line.size()});
    write_whole(descriptor_, line.data(), line.size());
  }
  void flush_() override {}

 private:
  int descriptor_;
  std::function<void(std::string_view)> writer_;
};

const char* pattern_of(LogFormat format) {
  return format == LogFormat::Text ? "%Y-%m-%dT%H:%M:%SZ %v" : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ"%v)";
}

}  // namespace

class Log::Sink {
 public:
  explicit Sink(const Options& options)
      : logger_("aorta", std::make_shared<DescriptorSink>(options.descriptor, options.writer)) {
    auto formatter =
        std::make_unique<spdlog::pattern_formatter>(pattern_of(options.format), spdlog::pattern_time_type::utc, "\n");
    logger_.set_formatter(std::move(formatter));
    logger_.set_level(spdlog::level::trace);
  }
  void write(Level level, const std::string& line) {
    logger_.log(kSpdlogLevels[static_cast<std::size_t>(level)], spdlog::string_view_t(line.data(), line.size()));
  }

 private:
  spdlog::logger logger_;
};

Log::Log(Options options) : options_(std::move(options)), sink_(std::make_unique<Sink>(options_)) {}
Log::~Log() = default;

void Log::write(Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  auto line = options_.format == LogFormat::Text ? text_line : json_line;
  sink_->write(level, line(level, part, message, fields));
}

Result<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) return static_cast<Level>(i);
  }
  std::vector<std::string> names(kLevelNames.begin(), kLevelNames.end());
  return Error(
      "not-a-level",
      "\"" + std::string(text) + "\" is no log level (debug, info, warning, error)" + did_you_mean(text, names)
  );
}

}  // namespace aorta::observe
