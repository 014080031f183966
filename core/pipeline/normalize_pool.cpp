#include "core/pipeline/normalize_pool.hpp"

#include <algorithm>
#include <utility>

namespace aorta::pipeline {
namespace {

class Collector : public mapping::MeasurementSink {
 public:
  Collector(const Normalized& job, group::MemberBuffer& into) : id_(job.id), into_(into) {
    if (std::int64_t ticks = job.record->enqueued_ticks; ticks != 0) ingested_ = DateTime{ticks, DateTime::Zone::Utc};
  }
  void add(const mapping::MeasurementView& view) override { into_.add(view, ingested_, id_); }

 private:
  const InFlight::Id id_;
  group::MemberBuffer& into_;
  std::optional<DateTime> ingested_;
};

void normalize(NormalizePort& port, Normalized& job, group::MemberBuffer& into) {
  Collector collector(job, into);
  job.begin = static_cast<std::uint32_t>(into.members().size());
  Result<void> done = port.normalize(*job.record, collector);
  job.end = static_cast<std::uint32_t>(into.members().size());
  if (done.has_error()) job.error = done.error();
}

}  // namespace

NormalizePool::NormalizePool(std::vector<NormalizePort*> ports, std::function<void()> on_ready)
    : capacity_(2 * ports.size() + 1), on_ready_(std::move(on_ready)) {
  for (NormalizePort* port : ports) threads_.emplace_back([this, port] { work(*port); });
}

NormalizePool::~NormalizePool() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    submitted_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool NormalizePool::has_room() const {
  std::lock_guard lock(mutex_);
  return slots_.size() < capacity_;
}

bool NormalizePool::idle() const {
  std::lock_guard lock(mutex_);
  return slots_.empty();
}

void NormalizePool::submit(Batch batch) {
  std::lock_guard lock(mutex_);
  slots_.push_back({std::move(batch), State::Waiting});
  submitted_.notify_one();
}

std::optional<NormalizePool::Batch> NormalizePool::take() {
  std::lock_guard lock(mutex_);
  if (slots_.empty() || slots_.front().state != State::Finished) return std::nullopt;
  Batch batch = std::move(slots_.front().batch);
  slots_.pop_front();
  return batch;
}

void NormalizePool::work(NormalizePort& port) {
  while (Slot* slot = wait_for_slot()) {
    for (Normalized& job : slot->batch.jobs) normalize(port, job, slot->batch.buffer);
    finish(*slot);
  }
}

NormalizePool::Slot* NormalizePool::wait_for_slot() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (ending_) return nullptr;
    auto next = std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return s.state == State::Waiting; });
    if (next != slots_.end()) {
      next->state = State::Running;
      return &*next;
    }
    submitted_.wait(lock);
  }
}

void NormalizePool::finish(Slot& slot) {
  bool ready;
  {
    std::lock_guard lock(mutex_);
    slot.state = State::Finished;
    ready = &slot == &slots_.front();
  }
  if (ready) on_ready_();
}

}  // namespace aorta::pipeline
