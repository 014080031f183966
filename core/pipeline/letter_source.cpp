#include "core/pipeline/letter_source.hpp"

#include <iterator>

#include "core/base/whole_number.hpp"
namespace aorta::pipeline {
namespace {

// Bodies may be large; settlements are forgotten in one transaction.
constexpr std::uint64_t kPage = 16;
constexpr std::size_t kForgottenTogether = 500;

plugin::Record record_of(const journal::DeadLetter& letter, std::string_view token) {
  plugin::Record record;
  record.body = letter.body;
  record.token = token;
  record.position = letter.position;
  record.content_type = plugin::present(letter.content_type);
  record.properties = plugin::present(letter.properties);
  record.system_properties = plugin::present(letter.system_properties);
  record.enqueued_ticks = letter.enqueued_ticks;
  return plugin::own(record);
}

bool is_whole(const journal::DeadLetter& letter) { return !letter.cut() && letter.stage() != "source"; }

std::int64_t id_of(std::string_view token) { return whole_number<std::int64_t>(token).value_or(0); }

}  // namespace

Result<std::unique_ptr<LetterSource>> LetterSource::open(
    std::string source, journal::DeadLetters letters, journal::LetterFilter filter
) {
  AORTA_TRY(last, letters.last_id());
  filter.up_to = last;
  filter.sources = {source};
  return std::unique_ptr<LetterSource>(new LetterSource(std::move(source), std::move(letters), std::move(filter)));
}

Result<plugin::Source::State> LetterSource::poll(
    std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds
) {
  if (failure_) return *failure_;
  for (std::uint64_t bytes = 0; out.size() < max_records && bytes < max_bytes;) {
    if (cancelled_) return plugin::Source::State::Cancelled;
    if (page_.empty()) {
      AORTA_TRY(more, read_page());
      if (!more) return plugin::Source::State::Ended;
    }
    bytes += page_.front().body.size();
    hand_over(page_.front(), out);
    page_.pop_front();
  }
  return plugin::Source::State::More;
}

Result<bool> LetterSource::read_page() {
  if (filter_.up_to == 0) return false;
  AORTA_TRY(page, letters_.letters(filter_, kPage));
  if (page.empty()) return false;
  filter_.after = page.back().id;
  page_.assign(std::make_move_iterator(page.begin()), std::make_move_iterator(page.end()));
  return true;
}

void LetterSource::hand_over(const journal::DeadLetter& letter, std::vector<plugin::Record>& out) {
  if (!is_whole(letter)) return void(++replayed_.left_out);
  counts_[letter.id] = letter.count;
  out.push_back(record_of(letter, std::to_string(letter.id)));
}

void LetterSource::settle(std::string_view token, std::int32_t) {
  auto found = counts_.find(id_of(token));
  if (found == counts_.end()) return;
  ended_.push_back({found->first, found->second});
  counts_.erase(found);
  if (ended_.size() >= kForgottenTogether) forget();
}

void LetterSource::forget() {
  auto gone = letters_.remove_unchanged(ended_);
  if (gone.has_value()) {
    replayed_.forgotten += *gone;
    replayed_.kept += ended_.size() - *gone;
  }
  if (gone.has_error() && !failure_) failure_ = gone.error().in("dead_letter");
  ended_.clear();
}

Result<LetterSource::Replayed> LetterSource::finish() {
  forget();
  if (failure_) return *failure_;
  return replayed_;
}

}  // namespace aorta::pipeline
