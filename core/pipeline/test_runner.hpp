// The `tests:` of a pipeline file: messages in, expectations compared. Everything is the real thing but the sources
// (the test's messages) and the store (in memory).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/config/pipeline_config.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/observe/log.hpp"
#include "core/pipeline/ports.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::pipeline {

struct TestOutcome {
  std::string name;
  Position position;
  std::vector<std::string> failures;  // one sentence each; none: it passed
};

class TrailingText;

class TestRunner {
 public:
  // `config` must be free of errors and have tests. Error: the mapping cannot be read. [main]
  static Result<std::unique_ptr<TestRunner>> open(
      const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log
  );
  ~TestRunner();

  TestOutcome run(const config::TestConfig& test);

 private:
  TestRunner(const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log);

  const config::PipelineConfig& config_;
  plugin::Registry& registry_;
  observe::Log& log_;
  std::unique_ptr<TrailingText> trailing_text_;
  std::unique_ptr<NormalizePort> normalizer_;
};

}  // namespace aorta::pipeline
