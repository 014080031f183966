#include "core/journal/recovery.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/whole_number.hpp"
#include "core/journal/segment_reader.hpp"

namespace aorta::journal {
namespace {

constexpr std::string_view kExtension = ".journal";
constexpr std::size_t kDigits = 16;
constexpr std::uint64_t kLookedAtOnce = 64 * 1024;

std::string hex(std::uint64_t number) {
  char digits[kDigits];
  auto end = std::to_chars(digits, digits + kDigits, number, 16).ptr;
  std::string out(digits, end);
  return std::string(kDigits - out.size(), '0') + out;
}

std::optional<std::uint64_t> number_of(std::string_view digits) { return whole_number<std::uint64_t>(digits, 16); }

std::optional<Segment> segment_of(const std::string& folder, const std::string& name) {
  constexpr std::size_t kLength = 2 * kDigits + 1 + kExtension.size();
  if (name.size() != kLength || name[kDigits] != '-' || !name.ends_with(kExtension)) return std::nullopt;
  auto number = number_of(std::string_view(name).substr(0, kDigits));
  auto salt = number_of(std::string_view(name).substr(kDigits + 1, kDigits));
  if (!number || !salt) return std::nullopt;
  Segment segment;
  segment.number = *number;
  segment.salt = *salt;
  segment.path = folder + "/" + name;
  return segment;
}

// A file for as long as it is read.
class Opened {
 public:
  Opened(Disk& disk, Disk::File file) : disk_(disk), file_(file) {}
  ~Opened() { disk_.close(file_); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  Disk::File file() const { return file_; }

 private:
  Disk& disk_;
  Disk::File file_;
};

struct Range {
  std::uint64_t first, last;
};

struct Told {
  Receipts::Kept receipt;
  Range messages;  // `last` is the one behind
};

class Recovering {
 public:
  Recovering(Disk& disk, Receipts& receipts) : disk_(disk), receipts_(receipts) {}

  Result<Recovered> run(const std::string& folder) {
    AORTA_CHECK(find_segments(folder));
    for (Segment& segment : out_.segments) AORTA_CHECK(scan(segment));
    conclude();
    set_aside_remains();
    return std::move(out_);
  }

 private:
  Result<void> find_segments(const std::string& folder) {
    AORTA_CHECK(disk_.sync_folder(folder));
    AORTA_TRY(names, disk_.list(folder));
    for (const std::string& name : names) {
      if (auto segment = segment_of(folder, name)) out_.segments.push_back(std::move(*segment));
    }
    std::sort(out_.segments.begin(), out_.segments.end(), [](const Segment& a, const Segment& b) {
      return a.number < b.number;
    });
    return {};
  }

  // What a process that was killed had written and not synced counts from now on: it must be there after a power
  // failure too.
  Result<void> scan(Segment& segment) {
    AORTA_TRY(file, disk_.open(segment.path));
    Opened opened(disk_, file);
    AORTA_CHECK(disk_.sync(file));
    AORTA_TRY(size, disk_.size(file));
    out_.report.bytes += size;
    SegmentReader reader(disk_, file, segment.salt);
    headed_ = false;
    for (;;) {
      AORTA_TRY(frame, reader.next(size));
      if (!frame) break;
      segment.size = frame->end;
      AORTA_CHECK(take(segment, *frame));
    }
    return take_gaps(segment, reader.take_gaps(), size, file);
  }

  Result<void> take(Segment& segment, const Frame& frame) {
    switch (frame.kind) {
      case FrameKind::Head:
        return take_head(segment, frame.payload);
      case FrameKind::Record:
        take_record(segment, frame.sequence);
        break;
      case FrameKind::Note:
        if (auto note = read_note(frame.payload)) take_note(*note);
        break;
      case FrameKind::Receipt:
        if (auto receipt = read_receipt(frame.payload)) take_receipt(segment, *receipt);
        break;
    }
    return {};
  }

  Result<void> take_head(Segment& segment, std::string_view payload) {
    auto head = read_head(payload);
    if (!head) return {};
    if (head->version > kVersion)
      return Error(
          "journal-version", segment.path + ": a later release wrote this journal (version " +
                                 std::to_string(head->version) + "); go on with that release, or give it another path"
      );
    segment.begun_ticks = head->begun_ticks;
    headed_ = true;
    if (segment.number == out_.segments.front().number) ended_through_ = head->note.durable_through;
    take_note(head->note);
    void_beyond(head->note.durable_through);
    return {};
  }

  // What earlier segments hold beyond was never acknowledged.
  void void_beyond(std::uint64_t sequence) {
    for (Segment& earlier : out_.segments) earlier.last = std::min(earlier.last, sequence);
    out_.last = std::min(out_.last, sequence);
    std::erase_if(missing_, [&](const Range& range) { return range.first > sequence; });
    std::erase_if(told_, [&](const Told& told) { return told.messages.last > sequence + 1; });
  }

  // Its number in the order of writing: a note that was written again after a fault is no later than what it says.
  void take_note(const Note& note) {
    if (note.settled_through >= out_.note.settled_through) out_.note = note;
    durable_through_ = std::max(durable_through_, note.durable_through);
  }

  // A head that cannot be read may have said that numbers are used again.
  void take_record(Segment& segment, std::uint64_t sequence) {
    if (!headed_) void_beyond(sequence - 1);
    if (sequence <= out_.last) return;
    if (sequence > out_.last + 1) missing_.push_back({out_.last + 1, sequence - 1});
    out_.last = segment.last = sequence;
  }

  void take_receipt(const Segment& segment, const Receipt& receipt) {
    if (!headed_) return;
    told_.push_back(
        {{std::string(receipt.key), std::string(receipt.answer), receipt.ticks, segment.number},
         {receipt.first, receipt.first + receipt.count}}
    );
  }

  // An answer about messages that are not there would be a false one: damaged, or torn at the journal's end. That they
  // were given up as unreadable since does not make it true.
  bool holds(const Told& told) const {
    if (told.messages.last > out_.last + 1) return false;
    return std::none_of(missing_.begin(), missing_.end(), [&](const Range& range) {
      bool met = range.first < told.messages.last && range.last >= told.messages.first;
      return met && range.last > ended_through_;
    });
  }

  Result<void> take_gaps(const Segment& segment, const std::vector<Gap>& gaps, std::uint64_t size, Disk::File file) {
    bool is_last = segment.number == out_.segments.back().number;
    for (const Gap& gap : gaps) {
      bool behind = gap.offset >= segment.size && gap.offset + gap.bytes == size;
      AORTA_TRY(room, behind ? is_room(file, gap) : Result<bool>(false));
      if (!room) out_.report.damage.push_back({name_of(segment), gap.offset, gap.bytes, behind && is_last});
      if (behind && is_last) AORTA_CHECK(cut_off(segment, file));
    }
    return {};
  }

  // Zeros that nothing had been written over yet.
  Result<bool> is_room(Disk::File file, const Gap& gap) {
    std::string bytes(std::min<std::uint64_t>(gap.bytes, kLookedAtOnce), '\0');
    for (std::uint64_t at = 0; at < gap.bytes; at += bytes.size()) {
      bytes.resize(std::min<std::uint64_t>(gap.bytes - at, kLookedAtOnce));
      AORTA_TRY(got, disk_.read(file, gap.offset + at, bytes));
      if (got != bytes.size() || bytes.find_first_not_of('\0') != std::string::npos) return false;
    }
    return true;
  }

  Result<void> cut_off(const Segment& segment, Disk::File file) {
    AORTA_CHECK(disk_.truncate(file, segment.size));
    return disk_.sync(file);
  }

  static std::string name_of(const Segment& segment) { return segment.path.substr(segment.path.rfind('/') + 1); }

  void conclude() {
    std::uint64_t settled = out_.note.settled_through;
    out_.last = std::max(out_.last, settled);  // what has ended may have been freed
    if (durable_through_ > out_.last) missing_.push_back({out_.last + 1, durable_through_});
    out_.last = std::max(out_.last, durable_through_);
    std::uint64_t ended = std::max(settled, ended_through_);
    for (const Range& range : missing_) {
      if (range.last > ended) out_.report.unreadable += range.last - std::max(range.first - 1, ended);
    }
    // Those that were written once more lie behind younger ones.
    std::stable_sort(told_.begin(), told_.end(), [](const Told& a, const Told& b) {
      return a.receipt.ticks < b.receipt.ticks;
    });
    for (const Told& told : told_) {
      if (holds(told)) receipts_.remember(told.receipt.view(), told.receipt.segment);
    }
    out_.report.waiting = out_.last - std::max(settled, ended_through_) - out_.report.unreadable;
  }

  // The first one stays: that it is there says what has not ended.
  void set_aside_remains() {
    if (out_.segments.empty()) return;
    out_.next_number = out_.segments.back().number + 1;
    std::erase_if(out_.segments, [&, first = out_.segments.front().number](const Segment& segment) {
      bool remains = segment.size == 0 && segment.number != first;
      if (remains) out_.remains.push_back(segment.path);
      return remains;
    });
  }

  Disk& disk_;
  Receipts& receipts_;
  Recovered out_;
  std::uint64_t durable_through_ = 0;
  std::uint64_t ended_through_ = 0;  // what came before the first segment that is there had ended
  std::vector<Range> missing_;       // numbers that no readable message has
  std::vector<Told> told_;
  bool headed_ = false;  // the head of the segment that is read was found
};

}  // namespace

std::string segment_name(std::uint64_t number, std::uint64_t salt) {
  return hex(number) + "-" + hex(salt) + std::string(kExtension);
}

Result<Recovered> recover(Disk& disk, const std::string& folder, Receipts& receipts) {
  return Recovering(disk, receipts).run(folder);
}

}  // namespace aorta::journal
