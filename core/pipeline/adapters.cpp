#include "core/pipeline/adapters.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/units.hpp"
#include "core/plugin/worker/isolated_mapping.hpp"

namespace aorta::pipeline {

Result<std::vector<SinkPort::Endings>> PluginSink::write(std::span<const group::Group> groups) {
  using Failing = plugin::Sink::Failing;
  auto endings = write_together(groups);
  if (endings.has_value() || sink_->failing() == Failing::Whole) return endings;
  if (groups.size() > 1) return write_in_halves(groups);
  if (sink_->failing() == Failing::Fallen && groups.front().measurements.size() > 1)
    return write_in_parts(groups.front());
  fhir::Ending refused{fhir::Ending::Kind::Failed, endings.error(), {}};
  return std::vector<Endings>{Endings(groups.front().measurements.size(), refused)};
}

// Until the groups that it refuses stand alone.
Result<std::vector<SinkPort::Endings>> PluginSink::write_in_halves(std::span<const group::Group> groups) {
  std::size_t half = groups.size() / 2;
  AORTA_TRY(endings, write(groups.first(half)));
  AORTA_TRY(others, write(groups.subspan(half)));
  std::move(others.begin(), others.end(), std::back_inserter(endings));
  return endings;
}

// As if its window had closed half-way.
Result<std::vector<SinkPort::Endings>> PluginSink::write_in_parts(const group::Group& group) {
  std::vector<Endings> out(1);
  std::size_t half = group.measurements.size() / 2;
  for (auto part : {group.measurements.first(half), group.measurements.subspan(half)}) {
    group::Group partial{.measurements = part};
    AORTA_TRY(endings, write({&partial, 1}));
    std::move(endings.front().begin(), endings.front().end(), std::back_inserter(out.front()));
  }
  return out;
}

Result<std::vector<SinkPort::Endings>> PluginSink::write_together(std::span<const group::Group> groups) {
  if (store_ == nullptr) return sink_->write(groups);
  auto endings = write_in_transaction(groups);
  if (endings.has_error()) {
    store_->rollback();
    sink_->rolled_back();
  }
  return endings;
}

Result<std::vector<SinkPort::Endings>> PluginSink::write_in_transaction(std::span<const group::Group> groups) {
  if (auto begun = store_->begin(); begun.has_error()) return begun.error().in("sinks." + name_);
  AORTA_TRY(endings, sink_->write(groups));
  if (auto committed = store_->commit(); committed.has_error()) return committed.error().in("sinks." + name_);
  return endings;
}

Result<void> MappingNormalizer::normalize(const plugin::Record& record, mapping::MeasurementSink& out) {
  AORTA_CHECK(document_.read_envelope({record.body, record.properties, record.system_properties}));
  if (document_.trailing_text()) trailing_text_.note(record);
  return mapping_.normalize(document_, out);
}

IsolatedNormalizer::IsolatedNormalizer(
    std::unique_ptr<plugin::worker::IsolatedMapping> mapping, TrailingText& trailing_text
)
    : mapping_(std::move(mapping)), trailing_text_(trailing_text) {}

IsolatedNormalizer::~IsolatedNormalizer() = default;

Result<void> IsolatedNormalizer::normalize(const plugin::Record& record, mapping::MeasurementSink& out) {
  NormalizeJob job{&record, &out};
  begin({&job, 1});
  finish();
  return job.error ? Result<void>(*job.error) : Result<void>();
}

std::size_t IsolatedNormalizer::depth() const { return plugin::worker::IsolatedMapping::kDepth; }

void IsolatedNormalizer::begin(std::span<NormalizeJob> jobs) {
  begun_.push_back(jobs);
  mapping_->begin(jobs);
}

void IsolatedNormalizer::finish() {
  mapping_->finish();
  for (const NormalizeJob& job : begun_.front()) {
    if (job.trailing_text) trailing_text_.note(*job.record);
  }
  begun_.pop_front();
}

void TrailingText::note(const plugin::Record& record) {
  if (messages_++ > 0) return;
  warn_(
      "the message at " + std::string(record.position) +
      " has text behind its JSON value, which is not read (told once)"
  );
}

Result<void> StoredLetters::add(std::span<const Letter> letters) {
  std::vector<journal::DeadLetter> rows;
  rows.reserve(letters.size());
  for (const Letter& letter : letters) {
    const plugin::Record& record = *letter.record;
    journal::DeadLetter row;
    row.source = letter.source;
    row.position = record.position;
    row.body = record.body;
    row.properties = record.properties;
    row.system_properties = record.system_properties;
    row.content_type = record.content_type;
    row.enqueued_ticks = record.enqueued_ticks;
    row.reason = letter.failure->reason;
    row.message = letter.failure->message;
    row.where = letter.failure->where;
    row.fingerprint = fingerprint_;
    rows.push_back(std::move(row));
  }
  auto forgotten = store_.add(rows);
  if (forgotten.has_error()) return forgotten.error().in("dead_letter");
  note_forgotten(*forgotten);
  return {};
}

void StoredLetters::note_forgotten(std::uint64_t count) {
  forgotten_ += count;
  if (forgotten_ < tell_at_) return;
  tell_at_ = 2 * forgotten_;
  warn_(
      "dead_letter.max_size is reached; " + grouped(forgotten_) +
      " of the oldest dead letters were forgotten so far (at_limit: oldest)"
  );
}

}  // namespace aorta::pipeline
