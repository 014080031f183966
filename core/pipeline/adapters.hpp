// The engine's ports over what a running host has: plugins, a device mapping, stores, the dead-letter store.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "core/document/document.hpp"
#include "core/fhir/store.hpp"
#include "core/journal/dead_letters.hpp"
#include "core/pipeline/journaled_source.hpp"
#include "core/pipeline/ports.hpp"
#include "core/plugin/sink.hpp"
#include "core/plugin/source.hpp"

namespace aorta::plugin::worker {
class IsolatedMapping;
}

namespace aorta::pipeline {

class PluginSource : public SourcePort {
 public:
  PluginSource(std::string name, std::unique_ptr<plugin::Source> source)
      : name_(std::move(name)), source_(std::move(source)) {}
  ~PluginSource() override { (void)source_->stop(); }
  std::string_view name() const override { return name_; }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override {
    return source_->poll(out, max_records, max_bytes, wait);
  }
  void settle(std::string_view token, std::int32_t outcome) override { source_->settle(token, outcome); }
  std::optional<plugin::Source::Progress> progress() const override { return source_->progress(); }
  void cancel() override { source_->cancel(); }

 private:
  std::string name_;
  std::unique_ptr<plugin::Source> source_;
};

class PluginIntake : public IntakePort {
 public:
  explicit PluginIntake(std::unique_ptr<plugin::Source> source) : source_(std::move(source)) {}
  ~PluginIntake() override { (void)source_->stop(); }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, std::uint64_t max_records,
      std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) override {
    return source_->poll_kept(out, receipts, max_records, max_bytes, wait);
  }
  void kept(bool durable) override { source_->kept(durable); }
  void cancel() override { source_->cancel(); }

 private:
  std::unique_ptr<plugin::Source> source_;
};

// One transaction of its store per flush: all of a flush is durable, or none of it. What the plugin refuses as a whole
// is written again in halves, each in a transaction of its own, until only the groups it cannot take have failed; what
// its process falls over likewise, down to single measurements.
class PluginSink : public SinkPort {
 public:
  PluginSink(std::string name, std::unique_ptr<plugin::Sink> sink, fhir::Store* store)
      : name_(std::move(name)), sink_(std::move(sink)), store_(store) {}
  ~PluginSink() override { (void)sink_->stop(); }
  std::string_view name() const override { return name_; }
  Result<std::vector<Endings>> write(std::span<const group::Group> groups) override;

 private:
  Result<std::vector<Endings>> write_together(std::span<const group::Group> groups);
  Result<std::vector<Endings>> write_in_halves(std::span<const group::Group> groups);
  Result<std::vector<Endings>> write_in_parts(const group::Group& group);
  Result<std::vector<Endings>> write_in_transaction(std::span<const group::Group> groups);

  std::string name_;
  std::unique_ptr<plugin::Sink> sink_;
  fhir::Store* store_;
};

// The reference reads the first value of a message only and says nothing; an operator should know that the rest is not
// looked at. [any]
class TrailingText {
 public:
  using Warn = std::function<void(std::string_view text)>;
  explicit TrailingText(Warn warn) : warn_(std::move(warn)) {}
  // Warns of the first such message.
  void note(const plugin::Record& record);
  std::uint64_t messages() const { return messages_; }

 private:
  Warn warn_;
  std::atomic<std::uint64_t> messages_{0};
};

// Parses each record once and applies every template of the mapping. `trailing_text` is shared and outlives it.
class MappingNormalizer : public NormalizePort {
 public:
  MappingNormalizer(mapping::DeviceMapping mapping, TrailingText& trailing_text)
      : mapping_(std::move(mapping)), trailing_text_(trailing_text) {}
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override;

 private:
  mapping::DeviceMapping mapping_;
  TrailingText& trailing_text_;
  document::Document document_;
};

// The mapping's templates live in a process of their own.
class IsolatedNormalizer : public NormalizePort {
 public:
  IsolatedNormalizer(std::unique_ptr<plugin::worker::IsolatedMapping> mapping, TrailingText& trailing_text);
  ~IsolatedNormalizer() override;
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override;
  std::size_t depth() const override;
  void begin(std::span<NormalizeJob> jobs) override;
  void finish() override;

 private:
  std::unique_ptr<plugin::worker::IsolatedMapping> mapping_;
  TrailingText& trailing_text_;
  std::deque<std::span<NormalizeJob>> begun_;
};

// Tells when letters are forgotten to make room: of the first, and whenever there are twice as many.
class StoredLetters : public DeadLetterPort {
 public:
  using Warn = std::function<void(std::string_view text)>;
  StoredLetters(journal::DeadLetters store, std::string fingerprint, Warn warn)
      : store_(std::move(store)), fingerprint_(std::move(fingerprint)), warn_(std::move(warn)) {}
  Result<void> add(std::span<const Letter> letters) override;

 private:
  void note_forgotten(std::uint64_t count);

  journal::DeadLetters store_;
  std::string fingerprint_;
  Warn warn_;
  std::uint64_t forgotten_ = 0;
  std::uint64_t tell_at_ = 1;
};

}  // namespace aorta::pipeline
