// Records from a file, a folder of files or standard input.
#include <algorithm>
#include <aorta/plugin.hpp>
#include <charconv>
#include <deque>
#include <memory>
#include <set>

#include "bookmarks.hpp"
#include "input.hpp"
#include "places.hpp"
#include "splitter.hpp"

namespace file_source {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kRetryEvery{500};
constexpr milliseconds kLinger{500};

struct FileSource {
  static constexpr std::string_view id = "file";
  static constexpr std::string_view summary =
      "NDJSON, a JSON array, one JSON file, a folder of them, or standard input";
  struct Config {
    fs::path path;
    std::string format = "auto";
    bool follow = false;
    bool resume = true;
    aorta::Bytes max_record_bytes{16 << 20};
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("path", &Config::path, "File or folder to read; - is standard input")
          .required()
          .reads_messages()
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
          "resume", &Config::resume,
          "With follow: after a restart go on behind what has ended; false: read all of it again"
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
    bool resumes = config_.follow && config_.resume && host_.ask<aorta_state>(AORTA_STATE_ID);
    if (resumes) bookmarks_.emplace(host_, config_.path, is_folder_);
    if (is_folder_) {
      list_folder();
    } else {
      total_ = size_of(config_.path);
      successors_ = bookmarks_ ? bookmarks_->open() : open_path();
      open_next();
    }
    if (!is_folder_ && !input_->is_regular()) bookmarks_.reset();
    if (bookmarks_) bookmarks_->keep_all(ledger_, successors_);
    follows_ = config_.follow && (is_folder_ || input_->is_regular() || input_->is_pipe());
  }
  void stop() {
    if (bookmarks_) bookmarks_->keep(ledger_, successors_);
  }

  aorta::Status poll(aorta::Batch& out, std::size_t, milliseconds wait) {
    if (bookmarks_) bookmarks_->keep_in_time(ledger_, successors_);
    while (!out.full()) {
      if (host_.cancelled()) return aorta::Status::Cancelled;
      if (!input_ && !open_next()) {
        if (!follows_) return end();
        if (out.size() > 0 || !wait_for_files(wait)) break;
        continue;
      }
      if (!advance(out, wait)) break;
    }
    return aorta::Status::Ok;
  }

  void settle(std::string_view token, aorta::Outcome outcome) {
    std::uint64_t number = 0;
    std::from_chars(token.data(), token.data() + token.size(), number);
    ledger_.settle(number, outcome);
  }

  aorta::Progress progress() const { return {done_, follows_ ? 0 : total_}; }

 private:
  std::deque<Opened> open_path() const {
    std::deque<Opened> out;
    out.push_back({std::make_unique<Input>(config_.path), {}});
    return out;
  }

  // Files and folders ------------------------------------------------------------------------------------------
  static std::uint64_t size_of(const fs::path& file) {
    std::error_code failed;
    std::uint64_t size = fs::is_regular_file(file, failed) ? fs::file_size(file, failed) : 0;
    return failed ? 0 : size;
  }

  void list_folder() {
    std::error_code failed;
    for (fs::directory_iterator it(config_.path, failed), end; !failed && it != end; it.increment(failed)) {
      if (is_wanted(*it) && seen_.insert(it->path()).second) {
        files_.push_back(it->path());
        total_ += size_of(it->path());
      }
    }
    if (failed)
      throw aorta::Reject(
          "source/cannot-open", config_.path.string() + ": the folder cannot be read: " + failed.message()
      );
    std::sort(files_.begin() + static_cast<std::ptrdiff_t>(next_file_), files_.end());
  }

  // Where a link leads cannot always be known: opening it will tell.
  static bool is_wanted(const fs::directory_entry& entry) {
    if (entry.path().filename().native().starts_with('.')) return false;
    std::error_code unknown;
    return entry.is_regular_file(unknown) || unknown;
  }

  bool wait_for_files(milliseconds wait) {
    return wait_until(wait, [&] {
      if (is_folder_) list_folder();
      if (Clock::now() >= retry_at_) files_.insert(files_.end(), waiting_.begin(), waiting_.end()), waiting_.clear();
      return next_file_ < files_.size() || host_.cancelled();
    });
  }

  bool open_next() {
    if (!successors_.empty()) {
      Opened next = std::move(successors_.front());
      successors_.pop_front();
      begin(std::move(next));
      return true;
    }
    while (next_file_ < files_.size()) {
      const fs::path file = files_[next_file_++];
      try {
        if (open(file)) return true;
      } catch (const aorta::Failure& failure) {
        leave_out(file, failure);
      }
    }
    return false;
  }

  // Of a folder; false: an earlier run has read it.
  bool open(const fs::path& file) {
    Opened opened{std::make_unique<Input>(file), {}};
    if (bookmarks_) opened.from = bookmarks_->place_in(*opened.input);
    if (opened.from.done) return false;
    begin(std::move(opened));
    return true;
  }

  void begin(Opened opened) {
    input_ = std::move(opened.input);
    if (opened.from.offset > 0) input_->go_on(opened.from.offset);
    begin_file(opened.from);
  }

  // The other files are read; this one is tried again where the source follows, and told at the end where not.
  void leave_out(const fs::path& file, const aorta::Failure& failure) {
    if (told_.insert(file).second) host_.error(failure.message() + "; the others are read");
    if (!follows_) return failures_.push_back(failure);
    waiting_.push_back(file);
    retry_at_ = Clock::now() + kRetryEvery;
  }

  aorta::Status end() const {
    if (failures_.empty()) return aorta::Status::End;
    std::string more = failures_.size() == 1 ? "" : "; so did " + std::to_string(failures_.size() - 1) + " more";
    throw aorta::Fatal(failures_[0].reason(), failures_[0].message() + more);
  }

  void begin_file(const Place& from) {
    buffer_.clear();
    splitter_.reset();
    if (from.offset > 0) begin_records(Format::Lines, from.line);
    ledger_.begin_file(fs::path(input_->name()).filename(), {input_->id(), from.offset, from.line});
    at_end_ = again_ = false;
    replaced_at_.reset();
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
        end_file();
        return true;
    }
    return false;
  }

  void end_file() {
    ledger_.end_file();
    if (!bookmarks_) ledger_.forget_done();
    if (!again_) return input_.reset();
    input_->rewind();
    begin_file({});
  }

  bool choose_format() {
    static constexpr std::string_view kNames[] = {"ndjson", "array", "json"};
    auto named = std::find(std::begin(kNames), std::end(kNames), config_.format);
    std::optional<Format> format = static_cast<Format>(named - std::begin(kNames));
    if (named == std::end(kNames)) format = by_content();
    if (format) begin_records(*format, 1);
    return format.has_value();
  }

  void begin_records(Format format, std::uint64_t line) {
    splitter_.emplace(make_scanner(format, line), config_.max_record_bytes.count);
  }

  std::optional<Format> by_content() const {
    std::string extension = fs::path(input_->name()).extension();
    if (extension == ".ndjson" || extension == ".jsonl") return Format::Lines;
    return sniff(buffer_.window(), at_end_);
  }

  void hand_over(aorta::Batch& out, const Piece& piece) {
    if (bookmarks_) ledger_.know(input_->id());
    std::uint64_t end = input_->offset() - buffer_.window().size();
    std::string token = std::to_string(ledger_.hand_over(end, splitter_->line()));
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
    milliseconds patience = out.size() > 0 ? milliseconds(0) : wait;
    if (tails_lines() && watch_path() == Input::Change::Truncated) return begin_again();
    switch (read(patience)) {
      case Input::Read::Some:
        return true;
      case Input::Read::Nothing:
        return false;
      case Input::Read::End:
        break;
    }
    if (tails_lines()) return wait_for_lines(patience);
    if (follows_ && !is_folder_) return wait_for_writer(patience);
    at_end_ = true;
    return true;
  }

  Input::Read read(milliseconds patience) {
    std::uint64_t before = input_->offset();
    try {
      Input::Read read = input_->read(buffer_, patience, [&] { return host_.cancelled(); });
      done_ += input_->offset() - before;
      return read;
    } catch (const aorta::Failure& failure) {
      if (!is_folder_) throw;
      host_.error(failure.message() + "; the others are read");
      failures_.push_back(failure);
      return Input::Read::End;
    }
  }

  bool tails_lines() const { return follows_ && !is_folder_ && input_->is_regular(); }

  // What the old content ends with, before it was truncated, is its last record.
  bool begin_again() {
    host_.warning(input_->name() + " was truncated; reading it from the start");
    return at_end_ = again_ = true;
  }

  bool wait_for_lines(milliseconds wait) {
    Input::Change change = Input::Change::None;
    bool left = false;
    wait_until(wait, [&] {
      change = watch_path();
      left = has_been_left();
      return change == Input::Change::Truncated || left || has_grown() || host_.cancelled();
    });
    if (change == Input::Change::Truncated) return begin_again();
    if (has_grown()) return true;
    if (!left) return false;
    host_.info(input_->name() + " was replaced; reading the new file");
    return at_end_ = true;
  }

  // What became of the open file. Whatever takes its name is opened at once: that may be renamed in its turn before the
  // open file is read to its end.
  Input::Change watch_path() {
    const Input& newest = successors_.empty() ? *input_ : *successors_.back().input;
    if (newest.change() == Input::Change::Replaced) {
      try {
        successors_.push_back({std::make_unique<Input>(config_.path), {}});
        if (bookmarks_) bookmarks_->keep_all(ledger_, successors_);
      } catch (const aorta::Reject&) {
        // renamed just now; what comes next is found by the next look
      }
    }
    return input_->change();
  }

  // A writer may write into the old file for a while after another has taken its name.
  bool has_been_left() {
    if (successors_.empty() || has_grown()) return replaced_at_.reset(), false;
    if (!replaced_at_) replaced_at_ = Clock::now();
    return Clock::now() >= *replaced_at_ + kLinger;
  }

  // Behind a named pipe's writer comes the next one.
  bool wait_for_writer(milliseconds wait) {
    if (input_->offset() > 0) return at_end_ = again_ = true;
    wait_until(wait, [&] { return host_.cancelled(); });
    return false;
  }

  bool has_grown() const { return input_->size() > input_->offset(); }

  Config config_;
  aorta::Host host_;
  bool is_folder_ = false;
  bool follows_ = false;
  std::vector<fs::path> files_;
  std::set<fs::path> seen_;
  std::size_t next_file_ = 0;
  std::set<fs::path> told_;        // cannot be opened, and said so
  std::vector<fs::path> waiting_;  // of these, the ones to try again
  Clock::time_point retry_at_{};
  std::vector<aorta::Failure> failures_;  // told once more at the end
  std::unique_ptr<Input> input_;
  std::deque<Opened> successors_;  // files that took its name, oldest first
  std::optional<Bookmarks> bookmarks_;
  Ledger ledger_;
  std::optional<Splitter> splitter_;
  Buffer buffer_;
  bool at_end_ = false;  // nothing comes behind what is in buffer_
  bool again_ = false;   // behind the end the same file is read anew
  std::optional<Clock::time_point> replaced_at_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace file_source

AORTA_PLUGIN(file_source::FileSource)
