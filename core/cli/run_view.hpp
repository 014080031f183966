// What `aorta run` shows: a living picture on a terminal; elsewhere a line at the start, one a minute, one at the end.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cli/context.hpp"
#include "core/pipeline/engine.hpp"
#include "core/pipeline/tally_store.hpp"

namespace aorta::cli {

// One pipeline as the view needs it.
struct RunFacts {
  std::string name;
  std::string file;   // as given on the command line
  std::string route;  // "file data/vitals.ndjson → JsonPathContent ×3 → fhir-observation → var/ward.db"
  std::string store;  // path of its first store, as a person would type it
};

class RunView {
 public:
  using Clock = std::chrono::steady_clock;

  RunView(Context& context, RunFacts facts);

  void started();
  // Another file was taken up.
  void changed(RunFacts facts) { facts_ = std::move(facts); }
  // Lines of the log, ends included: they stand above the picture and are not drawn over.
  void log(std::string_view lines);
  // Called several times a second; decides itself what to show.
  void progress(const pipeline::Counts& counts, const plugin::Source::Progress& progress, Clock::time_point now);
  void ended(const pipeline::Report& report, const pipeline::Tally& tally, Clock::time_point now);

 private:
  bool draws() const;
  void draw(const std::string& first, const std::string& second);
  void erase();
  void write_line(std::string_view event, const pipeline::Counts& counts, Clock::time_point now);
  std::string speed_text(
      const pipeline::Counts& counts, const plugin::Source::Progress& progress, Clock::time_point now
  ) const;
  void write_summary(const pipeline::Report& report, const pipeline::Tally& tally, Clock::time_point now);
  void write_json_summary(const pipeline::Report& report, const pipeline::Tally& tally, Clock::time_point now);
  double seconds_since_start(Clock::time_point now) const;

  Context& context_;
  RunFacts facts_;
  Clock::time_point started_;
  Clock::time_point last_line_;
  bool drawn_ = false;  // the picture stands on the terminal
};

// `text` in at most `width` columns, with … where something was left out.
std::string fit(std::string_view text, int width);

// "written 11,902   merged 511   filtered 0   dead-lettered 67   in flight 0"
std::string counts_text(const pipeline::Counts& counts);
// "41.2 k/s", "312 /s", "0.3 /s"
std::string rate_text(double per_second);

}  // namespace aorta::cli
