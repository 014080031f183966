#include "core/cli/pipeline_run.hpp"

#include <algorithm>
#include <utility>

namespace aorta::cli {
namespace {

using observe::Level;

constexpr std::string_view kPart = "reload";
constexpr std::string_view kNothing = "nothing was taken up; all goes on as before";

// What a reload would read again.
std::vector<std::string> files_of(const config::PipelineConfig& config) {
  std::vector<std::string> out{config.file};
  if (!config.normalize.mapping.empty()) out.push_back(config.normalize.mapping);
  for (const auto* uses : {&config.sources, &config.sinks}) {
    for (const config::PluginUse& use : *uses) {
      for (const auto* files : {&use.files.mappings, &use.files.read})
        out.insert(out.end(), files->begin(), files->end());
    }
  }
  return out;
}

// What did not come to its end comes again from its source: it is no longer of this one's.
pipeline::Counts without_in_flight(pipeline::Counts counts) {
  counts.accepted -= counts.in_flight;
  counts.in_flight = 0;
  return counts;
}

void add(pipeline::Report& sum, const pipeline::Report& one, pipeline::Counts counts) {
  sum.counts += counts;
  for (const auto& [reason, count] : one.dead_letters) sum.dead_letters[reason] += count;
  for (const auto& [rule, count] : one.filtered) sum.filtered[rule] += count;
  sum.trailing_text += one.trailing_text;
  sum.failures.insert(sum.failures.end(), one.failures.begin(), one.failures.end());
}

// With an error, those sources stay where they are that had not ended.
Result<std::unique_ptr<pipeline::Assembly>> assemble(
    const RunHome& home, const Checked& pipeline, pipeline::OpenedSources& sources
) {
  pipeline::SourceHome house{*pipeline.registry, home.log, home.listeners};
  return pipeline::Assembly::open(pipeline.config, house, home.drain_timeout, std::move(sources));
}

}  // namespace

void Bell::ring() {
  std::lock_guard lock(mutex_);
  rung_ = true;
  changed_.notify_one();
}

void Bell::wait(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest, [this] { return rung_; });
  rung_ = false;
}

Result<std::unique_ptr<PipelineRun>> PipelineRun::open(
    const RunHome& home, Checked pipeline, pipeline::OpenedSources sources
) {
  bool reloads = sources.empty();
  AORTA_TRY(opened, assemble(home, pipeline, sources));
  return std::unique_ptr<PipelineRun>(new PipelineRun(home, std::move(pipeline), std::move(opened), reloads));
}

PipelineRun::PipelineRun(const RunHome& home, Checked checked, std::unique_ptr<pipeline::Assembly> opened, bool reloads)
    : home_(home),
      reloads_(reloads),
      pipeline_(std::move(checked)),
      assembly_(std::move(opened)),
      view_(home.context, facts()),
      watch_(files_of(pipeline_.config)) {}

RunFacts PipelineRun::facts() const {
  const auto& stores = pipeline_.config.stores;
  return {pipeline_.config.name, pipeline_.config.file, assembly_->route(), stores.empty() ? "" : stores.front().path};
}

void PipelineRun::say(Level level, std::string_view text) const {
  home_.log.write(level, kPart, text, {{"pipeline", pipeline_.config.name}});
}

void PipelineRun::start(Bell& ended) {
  bell_ = &ended;
  view_.started();
  run_on();
}

void PipelineRun::run_on() {
  done_ = false;
  thread_ = std::thread([this] {
    report_ = assembly_->run();
    done_ = true;
    bell_->ring();
  });
}

void PipelineRun::stop() {
  stopping_ = true;
  if (running()) assembly_->engine().stop();
}

void PipelineRun::reload() {
  if (!running() || stopping_ || next_) return;
  if (!reloads_) return say(Level::Warning, "what is replayed is replayed under one file: wait for its end");
  Examined found = examine(pipeline_.config.file, pipeline_.plugin_folders);
  for (const Diagnostic& finding : found.findings)
    say(finding.severity == Severity::Error ? Level::Error : Level::Warning,
        observe::place_text(finding) + finding.message);
  if (count_errors(found.findings) > 0 || !sources_may_change(found.pipeline)) return say(Level::Error, kNothing);
  FileWatch watch(files_of(found.pipeline.config));
  next_ = Next{std::move(found.pipeline), std::move(watch)};
  say(Level::Info, "what is on its way is brought to its end, then the new file is taken up");
  assembly_->engine().pause();
}

void PipelineRun::look(RunView::Clock::time_point now) {
  if (!running()) return;
  if (pipeline_.config.watch && !next_ && watch_.changed(now)) reload();
  if (!done_) {
    pipeline::Counts counts = past_.counts;
    counts += assembly_->engine().counts();
    return view_.progress(counts, assembly_->engine().progress(), now);
  }
  thread_.join();
  if (next_ && !stopping_) {
    take_up();
  } else {
    ended(now);
  }
}

void PipelineRun::ended(RunView::Clock::time_point now) {
  add(past_, report_, report_.counts);
  past_tally_.add(assembly_->tally());
  const auto& journaled = assembly_->journaled();
  journals_balance_ =
      std::all_of(journaled.begin(), journaled.end(), [](const auto* one) { return one->counts().balanced(); });
  view_.ended(past_, past_tally_, now);
}

// Ends the old one's life, and keeps its figures, and its sources if they can go on: then none of their records is on
// its way any more.
pipeline::OpenedSources PipelineRun::close() {
  bool go_on = report_.sources_can_go_on();
  for (const Error& failure : report_.failures) say(Level::Warning, failure.message());
  report_.failures.clear();
  add(past_, report_, without_in_flight(report_.counts));
  past_tally_.add(assembly_->tally());
  std::unique_lock lock(swapped_);
  std::unique_ptr<pipeline::Assembly> old = std::move(assembly_);
  lock.unlock();  // whoever looks may hold what its end waits for
  return go_on ? old->take_sources() : pipeline::OpenedSources();
}

// Says why not.
bool PipelineRun::sources_may_change(const Checked& next) const {
  for (const pipeline::OpenedSource& source : assembly_->sources()) {
    const pipeline::SourceOrigin& origin = *source.origin;
    if (!origin.use.files.standard_input || goes_on(origin, next.config, *next.registry)) continue;
    say(Level::Error, "sources." + origin.use.name +
                          ": standard input cannot be read anew, and its library or what is said of it has changed");
    return false;
  }
  pipeline::SourceHome house{*next.registry, home_.log, home_.listeners};
  auto tried = try_successors(next.config, house, assembly_->sources());
  if (tried.has_error()) say(Level::Error, tried.error().message());
  return tried.has_value();
}

void PipelineRun::take_up() {
  auto gaps = home_.listeners.gaps();
  pipeline::OpenedSources sources = close();
  Next next = std::move(*next_);
  next_.reset();
  auto opened = assemble(home_, next.pipeline, sources);
  if (opened.has_value()) {
    std::lock_guard lock(swapped_);
    pipeline_ = std::move(next.pipeline);
    watch_ = std::move(next.watch);
  } else {
    say(Level::Error, opened.error().message());
    say(Level::Error, kNothing);
    opened = assemble(home_, pipeline_, sources);
  }
  if (opened.has_error()) {
    past_.failures.push_back(opened.error());
    return view_.ended(past_, past_tally_, RunView::Clock::now());
  }
  go_on_with(std::move(*opened));
}

void PipelineRun::go_on_with(std::unique_ptr<pipeline::Assembly> opened) {
  {
    std::lock_guard lock(swapped_);
    assembly_ = std::move(opened);
  }
  view_.changed(facts());
  say(Level::Info, "runs now: " + assembly_->route());
  run_on();
}

}  // namespace aorta::cli
