#include "core/cli/run_view.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <utility>

#include "core/base/unicode.hpp"
#include "core/base/units.hpp"

namespace aorta::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kLineEvery = 1min;
constexpr double kSpeaksOfSpeedAfter = 0.2;  // seconds; before that a rate says nothing

std::string one_decimal(double value) {
  auto tenths = static_cast<std::uint64_t>(std::llround(value * 10));
  return grouped(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string count_text(std::uint64_t count, std::string_view singular, std::string_view plural) {
  return grouped(count) + " " + std::string(count == 1 ? singular : plural);
}

// "12 DeviceMetrics (3 new, 1 change)"
std::string resource_text(const std::string& type, const pipeline::TypeTally& tally) {
  std::string out = count_text(tally.met, type, type + "s") + " (" + grouped(tally.created) + " new";
  if (tally.changed > 0) out += ", " + count_text(tally.changed, "change", "changes");
  return out + ")";
}

// Those that speak of whom the others belong to are told otherwise. Observations first.
std::vector<std::string> resource_texts(const pipeline::Tally& tally) {
  std::vector<std::string> out;
  for (const auto& [type, one] : tally.types) {
    if (type == "Device" || type == "Patient" || type == "Encounter") continue;
    out.insert(type == "Observation" ? out.begin() : out.end(), resource_text(type, one));
  }
  return out;
}

std::string json_resources(const pipeline::Tally& tally) {
  std::string out;
  for (const auto& [type, one] : tally.types) {
    out += (out.empty() ? "" : ",") + json_text(type) + R"(:{"met":)" + std::to_string(one.met) + R"(,"created":)" +
           std::to_string(one.created) + R"(,"changed":)" + std::to_string(one.changed) + "}";
  }
  return "{" + out + "}";
}

std::string became_text(const pipeline::Report& report, const pipeline::Tally& tally) {
  std::string messages = count_text(report.counts.accepted, "message", "messages");
  std::vector<std::string> parts = resource_texts(tally);
  std::uint64_t devices = tally.of("Device").met;
  if (parts.empty() && devices == 0) return messages + ".";
  std::string at_least = tally.capped ? "at least " : "";
  std::string out = messages + " became " + at_least;
  if (parts.empty()) out += "0 Observations (0 new)";
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  out += " for " + at_least + count_text(devices, "device", "devices");
  // A device that is known is not asked for its patient again.
  std::uint64_t patients = tally.of("Patient").met;
  if (patients > 0) out += " of " + count_text(patients, "patient", "patients");
  return out + ".";
}

using Reasons = std::map<std::string, std::uint64_t>;

// "60 × normalize/no-template-matched, 7 × observation/value-not-a-number": the most frequent first.
std::string reasons_text(const Reasons& reasons) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (const auto& [reason, count] : sorted) out += (out.empty() ? "" : ", ") + grouped(count) + " × " + reason;
  return out;
}

std::string json_members(const Reasons& reasons) {
  std::string out;
  for (const auto& [reason, count] : reasons)
    out += (out.empty() ? "" : ",") + json_text(reason) + ":" + std::to_string(count);
  return "{" + out + "}";
}

std::string json_failures(const std::vector<Error>& failures) {
  std::string out;
  for (const Error& e : failures) out += (out.empty() ? "" : ",") + json_text(e.text());
  return "[" + out + "]";
}

std::string json_counts(const pipeline::Counts& c) {
  return R"("accepted":)" + std::to_string(c.accepted) + R"(,"written":)" + std::to_string(c.written) +
         R"(,"merged":)" + std::to_string(c.merged) + R"(,"filtered":)" + std::to_string(c.filtered) +
         R"(,"dead_lettered":)" + std::to_string(c.dead_lettered) + R"(,"in_flight":)" + std::to_string(c.in_flight);
}

std::string pairs_of_counts(const pipeline::Counts& c) {
  return " accepted=" + std::to_string(c.accepted) + " written=" + std::to_string(c.written) +
         " merged=" + std::to_string(c.merged) + " filtered=" + std::to_string(c.filtered) +
         " dead_lettered=" + std::to_string(c.dead_lettered) + " in_flight=" + std::to_string(c.in_flight);
}

}  // namespace

std::string counts_text(const pipeline::Counts& c) {
  return "written " + grouped(c.written) + "   merged " + grouped(c.merged) + "   filtered " + grouped(c.filtered) +
         "   dead-lettered " + grouped(c.dead_lettered) + "   in flight " + grouped(c.in_flight);
}

std::string rate_text(double per_second) {
  if (per_second >= 1000) return one_decimal(per_second / 1000) + " k/s";
  if (per_second < 10) return one_decimal(per_second) + " /s";
  return grouped(static_cast<std::uint64_t>(std::llround(per_second))) + " /s";
}

std::string fit(std::string_view text, int width) {
  if (width >= 0 && count_characters(text) <= static_cast<std::size_t>(width)) return std::string(text);
  std::size_t end = 0;
  for (int columns = 0; end < text.size(); ++end) {
    if (starts_character(text[end]) && ++columns >= width) break;
  }
  return std::string(text.substr(0, end)) + (width > 0 ? "…" : "");
}

RunView::RunView(Context& context, RunFacts facts) : context_(context), facts_(std::move(facts)) {}

void RunView::started() {
  started_ = last_line_ = Clock::now();
  if (context_.format == Format::Json || !context_.out_terminal.interactive) return write_line("started", {}, started_);
  context_.out << context_.out_terminal.paint(observe::Style::Bold, facts_.name) << "   " << facts_.route << "\n"
               << std::flush;
}

void RunView::progress(
    const pipeline::Counts& counts, const plugin::Source::Progress& progress, Clock::time_point now
) {
  if (draws()) return draw(speed_text(counts, progress, now), counts_text(counts));
  if (now - last_line_ < kLineEvery) return;
  last_line_ = now;
  write_line("running", counts, now);
}

void RunView::ended(const pipeline::Report& report, const pipeline::Tally& tally, Clock::time_point now) {
  if (context_.format == Format::Json) return write_json_summary(report, tally, now);
  erase();  // the summary says it all
  if (!context_.out_terminal.interactive) write_line("ended", report.counts, now);
  write_summary(report, tally, now);
}

bool RunView::draws() const { return context_.format == Format::Text && context_.out_terminal.interactive; }

// Two lines, drawn over the ones before; where escape codes are not wanted one line, over which the next is written.
void RunView::draw(const std::string& first, const std::string& second) {
  const observe::Terminal& terminal = context_.out_terminal;
  erase();
  if (terminal.color) {
    context_.out << fit("  " + first, terminal.width) << "\n" << fit("  " + second, terminal.width) << "\n";
  } else {
    context_.out << fit("  " + first + "   " + second, terminal.width - 1);
  }
  context_.out << std::flush;
  drawn_ = true;
}

void RunView::erase() {
  if (!std::exchange(drawn_, false)) return;
  if (context_.out_terminal.color) return void(context_.out << "\x1b[2A\x1b[J");
  context_.out << "\r" << std::string(static_cast<std::size_t>(std::max(0, context_.out_terminal.width - 1)), ' ')
               << "\r";
}

void RunView::log(std::string_view lines) {
  if (lines.empty()) return;
  erase();
  context_.out << std::flush;
  context_.err << lines << std::flush;
}

void RunView::write_line(std::string_view event, const pipeline::Counts& counts, Clock::time_point now) {
  std::string seconds = one_decimal(seconds_since_start(now));
  if (context_.format == Format::Json) {
    context_.out << R"({"event":")" << event << R"(","pipeline":)" << json_text(facts_.name) << R"(,"seconds":)"
                 << seconds << "," << json_counts(counts) << "}\n"
                 << std::flush;
    return;
  }
  context_.out << "pipeline=" << facts_.name << " event=" << event << " seconds=" << seconds << pairs_of_counts(counts)
               << "\n"
               << std::flush;
}

std::string RunView::speed_text(
    const pipeline::Counts& counts, const plugin::Source::Progress& progress, Clock::time_point now
) const {
  std::string out = count_text(counts.accepted, "message", "messages");
  double seconds = seconds_since_start(now);
  if (seconds < kSpeaksOfSpeedAfter) return out;
  double part =
      progress.total > 0 ? std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total)) : 0;
  if (part > 0) out += "   " + std::to_string(static_cast<int>(part * 100)) + " %";
  out += "   " + rate_text(static_cast<double>(counts.accepted) / seconds);
  if (part > 0 && part < 1)
    out += "   " + grouped(static_cast<std::uint64_t>(std::ceil(seconds / part * (1 - part)))) + " s left";
  return out;
}

void RunView::write_summary(const pipeline::Report& report, const pipeline::Tally& tally, Clock::time_point now) {
  std::ostream& out = context_.out;
  out << (report.failures.empty() ? "Done in " : "Ended early, after ") << one_decimal(seconds_since_start(now))
      << " s. " << became_text(report, tally) << "\n";
  out << "  " << counts_text(report.counts)
      << (report.counts.balanced() ? "   (ledger balances)" : "   (THE LEDGER DOES NOT BALANCE)") << "\n";
  if (!report.filtered.empty()) out << "  filtered: " << reasons_text(report.filtered) << "\n";
  if (report.counts.dead_lettered > 0) {
    out << "  " << count_text(report.counts.dead_lettered, "dead letter", "dead letters") << ": "
        << reasons_text(report.dead_letters) << "\n    aorta deadletter list " << facts_.file << "\n";
  }
  if (report.trailing_text > 0) {
    out << "  " << count_text(report.trailing_text, "message", "messages")
        << " had text behind the JSON value, which is not read\n";
  }
  if (tally.of("Observation").met > 0 && !facts_.store.empty()) {
    out << "  Look at the data:\n    aorta store query " << facts_.store << " --limit 10\n";
  }
  out << std::flush;
}

void RunView::write_json_summary(const pipeline::Report& report, const pipeline::Tally& tally, Clock::time_point now) {
  pipeline::TypeTally observations = tally.of("Observation");
  context_.out << R"({"event":"ended","pipeline":)" << json_text(facts_.name) << R"(,"seconds":)"
               << one_decimal(seconds_since_start(now)) << "," << json_counts(report.counts) << R"(,"balanced":)"
               << (report.counts.balanced() ? "true" : "false") << R"(,"observations":)" << observations.met
               << R"(,"observations_created":)" << observations.created << R"(,"observation_changes":)"
               << observations.changed << R"(,"devices":)" << tally.of("Device").met << R"(,"patients":)"
               << tally.of("Patient").met << R"(,"resources":)" << json_resources(tally) << R"(,"dead_letters":)"
               << json_members(report.dead_letters) << R"(,"filters":)" << json_members(report.filtered)
               << R"(,"trailing_text":)" << report.trailing_text << R"(,"failures":)" << json_failures(report.failures)
               << "}\n"
               << std::flush;
}

double RunView::seconds_since_start(Clock::time_point now) const {
  return std::chrono::duration<double>(now - started_).count();
}

}  // namespace aorta::cli
