// One pipeline file on its way from words to an end, over any number of reloads.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "core/cli/check.hpp"
#include "core/cli/file_watch.hpp"
#include "core/cli/run_view.hpp"
#include "core/observe/log.hpp"
#include "core/pipeline/assembly.hpp"
#include "core/pipeline/metrics.hpp"

namespace aorta::cli {

// Rung when a run has ended, so that nobody sleeps past it.
class Bell {
 public:
  void ring();
  void wait(std::chrono::milliseconds longest);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

// What the runs of a process share. Outlives them.
struct RunHome {
  Context& context;
  observe::Log& log;
  pipeline::Listeners& listeners;
  std::chrono::milliseconds drain_timeout;
};

// All of it on the main thread, except watched().
class PipelineRun {
 public:
  // `sources` stand in for those of the file, where there are any; such a run is never reloaded. Failures as of
  // Assembly::open().
  static Result<std::unique_ptr<PipelineRun>> open(
      const RunHome& home, Checked pipeline, pipeline::OpenedSources sources
  );

  void start(Bell& ended);
  // Takes nothing more in, brings what is on its way to its end.
  void stop();
  // Reads the pipeline file and what it names again. What is wrong with it is told, and all goes on as before; else
  // what is on its way is brought to its end under the old file, and what comes then belongs to the new one: nothing is
  // lost, and no device's messages change their order. Sources go on as they are where nothing about them has changed,
  // their library included; of the others none ends before its successor was made.
  void reload();
  // Often: shows how far it is, carries on with a reload, and begins one where files are watched and have changed.
  void look(RunView::Clock::time_point now);
  bool running() const { return thread_.joinable(); }

  RunView& view() { return view_; }
  const std::string& name() const { return pipeline_.config.name; }
  const std::string& route() const { return assembly_->route(); }
  // Over all reloads; complete when nothing runs.
  const pipeline::Report& report() const { return past_; }
  bool journals_balance() const { return journals_balance_; }

  // The parts of it that can be looked at, as long as the guard is held. [any]
  class Guarded {
   public:
    explicit Guarded(const PipelineRun& run) : lock_(run.swapped_), run_(&run) {}
    pipeline::Watched watched() const { return {run_->pipeline_.config.name, run_->assembly_.get()}; }

   private:
    std::unique_lock<std::mutex> lock_;
    const PipelineRun* run_;
  };

 private:
  PipelineRun(const RunHome& home, Checked checked, std::unique_ptr<pipeline::Assembly> opened, bool reloads);

  RunFacts facts() const;
  void run_on();
  void ended(RunView::Clock::time_point now);
  pipeline::OpenedSources close();
  bool sources_may_change(const Checked& next) const;
  void take_up();
  void go_on_with(std::unique_ptr<pipeline::Assembly> opened);
  void say(observe::Level level, std::string_view text) const;

  const RunHome home_;
  const bool reloads_;
  Checked pipeline_;
  std::unique_ptr<pipeline::Assembly> assembly_;  // none: between two files
  RunView view_;
  FileWatch watch_;
  Bell* bell_ = nullptr;
  std::thread thread_;
  std::atomic<bool> done_{false};
  pipeline::Report report_;  // of the assembly, when it is done
  // Is taken up when what runs is done.
  struct Next {
    Checked pipeline;
    FileWatch watch;
  };
  std::optional<Next> next_;
  bool stopping_ = false;
  pipeline::Report past_;
  pipeline::Tally past_tally_;
  bool journals_balance_ = true;
  mutable std::mutex swapped_;  // of pipeline_ and assembly_, which others look at
};

}  // namespace aorta::cli
