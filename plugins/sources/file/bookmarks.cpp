#include "bookmarks.hpp"

#include <sys/stat.h>

#include <vector>

namespace file_source {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kEvery{100};
constexpr std::string_view kFileKey = "places";
constexpr std::string_view kBooksKey = "/ended";  // no file of a folder is called so

std::vector<Place> read_places(std::string_view lines) {
  std::vector<Place> out;
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    if (auto place = read_place(line)) out.push_back(*place);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return out;
}

// A file that is another one is not even opened: closing a database would take away its user's locks.
bool has_number(const fs::path& path, const FileId& file) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_dev == file.device &&
         status.st_ino == file.inode;
}

std::unique_ptr<Input> open_if_there(const fs::path& path, const Place& place) {
  if (!has_number(path, place.file)) return nullptr;
  try {
    auto input = std::make_unique<Input>(path);
    if (input->is_regular() && input->is(place.file, place.offset)) return input;
  } catch (const aorta::Failure&) {
    // gone since
  }
  return nullptr;
}

}  // namespace

Bookmarks::Bookmarks(aorta::Host host, fs::path path, bool is_folder)
    : host_(host), state_(host), path_(std::move(path)), is_folder_(is_folder) {
  open_books();
  if (!is_folder_) return;
  for (const aorta::State::Kept& kept : state_.all()) {
    if (auto place = read_place(kept.value)) known_.emplace(kept.key, *place);
  }
  forget_those_gone();
}

void Bookmarks::open_books() {
  before_ = read_books(state_.get(kBooksKey).value_or("")).value_or(Books{});
  aorta::Metrics metrics(host_);
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    counters_[i] = metrics.counter(
        "ended_total", "Messages of followed files that have ended, over restarts.",
        {{"outcome", Books::kOutcomes[i].second}}
    );
  }
  tell(before_);
}

void Bookmarks::tell(const Books& kept) {
  for (std::size_t i = 0; i < counters_.size(); ++i)
    counters_[i].add(static_cast<double>(kept.counts()[i] - told_.counts()[i]));
  told_ = kept;
}

void Bookmarks::forget_those_gone() {
  std::vector<aorta::State::Entry> gone;
  for (const auto& [name, place] : known_) {
    std::error_code unknown;
    if (!fs::exists(path_ / name, unknown) && !unknown) gone.push_back({name, {}});
  }
  if (!gone.empty()) state_.put(gone);
}

std::deque<Opened> Bookmarks::open() {
  auto newest = std::make_unique<Input>(path_);
  std::deque<Opened> out;
  for (const Place& place : read_places(state_.get(kFileKey).value_or(""))) {
    if (newest->is_regular() && newest->is(place.file, place.offset)) {
      out.push_back({std::move(newest), place});
      return out;
    }
    if (auto found = find(place)) {
      out.push_back({std::move(found), place});
    } else {
      host_.warning(
          path_.string() + " is no longer the file that was read to line " + std::to_string(place.line) +
          ", and that is not beside it: it was truncated or taken away; what had not ended of it cannot be read"
      );
    }
  }
  out.push_back({std::move(newest), {}});
  return out;
}

// Beside the path, under whatever name it was given.
std::unique_ptr<Input> Bookmarks::find(const Place& place) const {
  fs::path folder = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    if (auto input = open_if_there(it->path(), place)) return input;
  }
  return nullptr;
}

Place Bookmarks::place_in(const Input& file) const {
  auto known = known_.find(fs::path(file.name()).filename());
  bool same = known != known_.end() && file.is_regular() && file.is(known->second.file, known->second.offset);
  return same ? known->second : Place{};
}

void Bookmarks::keep_in_time(Ledger& ledger, const std::deque<Opened>& waiting) {
  auto now = std::chrono::steady_clock::now();
  if (now < kept_at_ + kEvery) return;
  kept_at_ = now;
  keep(ledger, waiting);
}

void Bookmarks::keep(Ledger& ledger, const std::deque<Opened>& waiting) {
  if (ledger.changed()) keep_all(ledger, waiting);
}

void Bookmarks::keep_all(Ledger& ledger, const std::deque<Opened>& waiting) {
  std::vector<aorta::State::Kept> texts = entries(ledger, waiting);
  std::vector<aorta::State::Entry> all;
  for (const aorta::State::Kept& one : texts) all.push_back({one.key, one.value});
  Books ended = before_;
  ended += ledger.ended();
  const std::string books = text_of(ended);
  all.push_back({kBooksKey, books});
  try {
    state_.put(all);
  } catch (const aorta::Failure& failure) {
    if (!failed_) host_.warning(failure.message() + "; until it can be kept, what ends is read again after a restart");
    failed_ = true;
    return;
  }
  tell(ended);
  failed_ = false;
  ledger.forget_done();
}

std::vector<aorta::State::Kept> Bookmarks::entries(const Ledger& ledger, const std::deque<Opened>& waiting) const {
  std::vector<aorta::State::Kept> out;
  std::string lines;
  for (const Ledger::File& file : ledger.files()) {
    if (is_folder_ && file.changed) out.push_back({file.name, text_of(file.place)});
    if (!is_folder_ && !file.place.done) lines += text_of(file.place) + '\n';
  }
  for (const Opened& next : waiting)
    lines += text_of({next.input->id(), next.from.offset, next.from.line, false}) + '\n';
  if (!is_folder_) out.push_back({std::string(kFileKey), lines});
  return out;
}

}  // namespace file_source
