// Records from a file, a folder of files or standard input.
#include <algorithm>
#include <aorta/plugin.hpp>
#include <set>

#include "input.hpp"
#include "splitter.hpp"

namespace file_source {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

struct FileSource {
  static constexpr std::string_view id = "file";
  static constexpr std::string_view summary =
      "NDJSON, a JSON array, one JSON file, a folder of them, or standard input";
  struct Config {
    fs::path path;
    std::string format = "auto";
    bool follow = false;
    aorta::Bytes max_record_bytes{16 << 20};
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("path", &Config::path, "File or folder to read; - is standard input")
          .required()
          .examples("data/vitals.ndjson", "-"),
      aorta::field(
          "format", &Config::format,
          "ndjson: a record per line; array: per element of one JSON array; json: per file; auto: by the first line"
      )
          .one_of("auto", "ndjson", "array", "json"),
      aorta::field(
          "follow", &Config::follow, "Wait for more at the end: of a file its next lines, of a folder its next files"
      ),
      aorta::field(
          "max_record_bytes", &Config::max_record_bytes, "A longer record goes to the dead letters, cut to 64 KiB"
      )
          .min(1)
  );

  FileSource(Config config, aorta::Host host) : config_(std::move(config)), host_(host) {}

  void start() {
    std::error_code ignored;
    is_folder_ = fs::is_directory(config_.path, ignored);
    if (is_folder_) {
      list_folder();
    } else {
      files_ = {config_.path};
    }
    for (const fs::path& file : files_) total_ += Input(file).is_regular() ? fs::file_size(file, ignored) : 0;
    open_next();
  }

  aorta::Status poll(aorta::Batch& out, std::size_t, milliseconds wait) {
    while (!out.full()) {
      if (host_.cancelled()) return aorta::Status::Cancelled;
      if (!input_ && !open_next()) {
        if (!config_.follow) return aorta::Status::End;
        if (out.size() > 0 || !wait_for_files(wait)) break;
        continue;
      }
      if (!advance(out, wait)) break;
    }
    return aorta::Status::Ok;
  }

  aorta::Progress progress() const { return {done_, config_.follow ? 0 : total_}; }

 private:
  // Files and folders ------------------------------------------------------------------------------------------
  void list_folder() {
    std::error_code failed;
    for (fs::directory_iterator it(config_.path, failed), end; !failed && it != end; it.increment(failed)) {
      bool hidden = it->path().filename().native().starts_with('.');
      if (!hidden && it->is_regular_file(failed) && seen_.insert(it->path()).second) files_.push_back(it->path());
    }
    if (failed)
      throw aorta::Reject(
          "source/cannot-open", config_.path.string() + ": the folder cannot be read: " + failed.message()
      );
    std::sort(files_.begin() + static_cast<std::ptrdiff_t>(next_file_), files_.end());
  }

  bool wait_for_files(milliseconds wait) {
    return wait_until(wait, [&] {
      if (is_folder_) list_folder();
      return next_file_ < files_.size() || host_.cancelled();
    });
  }

  bool open_next() {
    if (next_file_ == files_.size()) return false;
    input_.emplace(files_[next_file_++]);
    begin_file();
    return true;
  }

  void begin_file() {
    buffer_.clear();
    splitter_.reset();
    at_end_ = false;
  }

  // Records ----------------------------------------------------------------------------------------------------
  // One step on the open file; false where this poll() is to come back later.
  bool advance(aorta::Batch& out, milliseconds wait) {
    if (!splitter_ && !choose_format()) return read_more(out, wait);
    Piece piece;
    switch (splitter_->next(buffer_, at_end_, piece)) {
      case Splitter::Step::Record:
        hand_over(out, piece);
        return true;
      case Splitter::Step::NeedMore:
        return read_more(out, wait);
      case Splitter::Step::Done:
        input_.reset();
        return true;
    }
    return false;
  }

  bool choose_format() {
    static constexpr std::string_view kNames[] = {"ndjson", "array", "json"};
    auto named = std::find(std::begin(kNames), std::end(kNames), config_.format);
    std::optional<Format> format = static_cast<Format>(named - std::begin(kNames));
    if (named == std::end(kNames)) format = by_content();
    if (format) splitter_.emplace(make_scanner(*format), config_.max_record_bytes.count);
    return format.has_value();
  }

  std::optional<Format> by_content() const {
    std::string extension = fs::path(input_->name()).extension();
    if (extension == ".ndjson" || extension == ".jsonl") return Format::Lines;
    return sniff(buffer_.window(), at_end_);
  }

  void hand_over(aorta::Batch& out, const Piece& piece) {
    std::string token = std::to_string(++token_);
    std::string position = input_->name() + piece.place;
    aorta::Record record{piece.body, token, position};
    if (piece.fault) {
      out.reject(record, piece.fault->reason, piece.fault->message);
    } else {
      out.add(record);
    }
  }

  // Reading ----------------------------------------------------------------------------------------------------
  bool read_more(aorta::Batch& out, milliseconds wait) {
    std::uint64_t before = input_->offset();
    milliseconds patience = out.size() > 0 ? milliseconds(0) : wait;
    Input::Read read = input_->read(buffer_, patience, [&] { return host_.cancelled(); });
    done_ += input_->offset() - before;
    if (read == Input::Read::Some) return true;
    if (read == Input::Read::Nothing) return false;
    bool tail = config_.follow && !is_folder_ && input_->is_regular();
    if (tail) return wait_for_lines(patience);
    at_end_ = true;
    return true;
  }

  bool wait_for_lines(milliseconds wait) {
    Input::Change change = Input::Change::None;
    wait_until(wait, [&] {
      return (change = input_->change()) != Input::Change::None || has_grown() || host_.cancelled();
    });
    if (change == Input::Change::Truncated) {
      host_.warning(input_->name() + " was truncated; reading it from the start");
      input_->rewind();
      begin_file();
    } else if (change == Input::Change::Replaced && !has_grown()) {
      host_.info(input_->name() + " was replaced; reading the new file");
      at_end_ = true;  // what the old one ends with is its last record
      files_.push_back(config_.path);
    }
    return change != Input::Change::None || has_grown();
  }

  bool has_grown() const { return input_->size() > input_->offset(); }

  Config config_;
  aorta::Host host_;
  bool is_folder_ = false;
  std::vector<fs::path> files_;
  std::set<fs::path> seen_;
  std::size_t next_file_ = 0;
  std::optional<Input> input_;
  std::optional<Splitter> splitter_;
  Buffer buffer_;
  bool at_end_ = false;
  std::uint64_t token_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace file_source

AORTA_PLUGIN(file_source::FileSource)
