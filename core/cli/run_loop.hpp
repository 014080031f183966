// Pipelines brought to life, watched and told of until they end or a signal asks them to; SIGHUP reloads them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/check.hpp"
#include "core/cli/context.hpp"
#include "core/cli/pipeline_run.hpp"
#include "core/cli/service_manager.hpp"
#include "core/http/listener.hpp"
#include "core/observe/log.hpp"
#include "core/pipeline/assembly.hpp"

namespace aorta::cli {

class RunLoop {
 public:
  // From now on a signal asks for an orderly end. One per program.
  explicit RunLoop(Context& context);
  ~RunLoop();

  // Brings a pipeline to life; `sources` stand in for those of the file, where there are any. A failure has been told
  // when its exit code is returned.
  std::optional<int> add(
      Checked pipeline, std::chrono::milliseconds drain_timeout,
      std::vector<std::unique_ptr<pipeline::SourcePort>> sources = {}
  );

  // Tells those who ask at this address of health and metrics: /healthz, /readyz, /metrics. Before run(). A failure has
  // been told when its exit code is returned.
  std::optional<int> listen(const std::string& address);

  // Runs all of them. The gravest of what happened decides the exit code: an unbalanced ledger before a failing
  // environment.
  int run();

 private:
  // The log's lines on their way to a terminal that a view draws on.
  class Lines {
   public:
    void add(std::string_view line);
    std::string take();

   private:
    std::mutex mutex_;
    std::string lines_;
  };

  observe::Log::Options log_options();
  bool any_running() const;
  void watch(Bell& ended);
  void obey_signals();
  int exit_code() const;
  std::optional<int> listen_alone(const std::string& address);
  std::optional<int> listen_with(http::Listener& listener);
  void tell_listening(const http::Listener& listener);
  http::Answer answer(const http::Asked& asked) const;

  Context& context_;
  ServiceManager manager_;
  Lines lines_;
  observe::Log log_;
  pipeline::Listeners listeners_;
  std::vector<std::unique_ptr<PipelineRun>> runs_;
  bool stopping_ = false;
  std::unique_ptr<http::Listener> listener_;  // asks the runs: it goes first
  http::Listener* shared_ = nullptr;          // or one of listeners_, whose paths do
};

}  // namespace aorta::cli
