// Messages that are there already, as a source: for tests of pipelines and for explanations.
#pragma once

#include <string>
#include <vector>

#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

// Texts that outlive the source. Properties are JSON objects, or empty: absent.
struct ListedMessage {
  std::string_view body;
  std::string_view properties;
  std::string_view system_properties;
  std::string position;  // as messages about it name it; its token too
};

class ListSource : public SourcePort {
 public:
  explicit ListSource(std::vector<ListedMessage> messages) : messages_(std::move(messages)) {}
  std::string_view name() const override { return "list"; }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override;
  void settle(std::string_view, std::int32_t) override {}
  std::optional<plugin::Source::Progress> progress() const override { return std::nullopt; }
  void cancel() override {}

 private:
  std::vector<ListedMessage> messages_;
  std::size_t next_ = 0;
};

}  // namespace aorta::pipeline
