#include "core/pipeline/normalize_pool.hpp"

#include <algorithm>
#include <utility>

namespace aorta::pipeline {
namespace {

// Takes the measurements of one job, which come without those of others in between.
class Collector : public mapping::MeasurementSink {
 public:
  Collector(Normalized& job, group::MemberBuffer& into) : job_(&job), into_(&into) {
    if (std::int64_t ticks = job.record->enqueued_ticks; ticks != 0) ingested_ = DateTime{ticks, DateTime::Zone::Utc};
  }
  void add(const mapping::MeasurementView& view) override {
    auto place = static_cast<std::uint32_t>(into_->members().size());
    if (job_->begin == job_->end) job_->begin = place;
    into_->add(view, ingested_, job_->id);
    job_->end = place + 1;
  }

 private:
  Normalized* job_;
  group::MemberBuffer* into_;
  std::optional<DateTime> ingested_;
};

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
  for (Thread& thread : threads_) thread.join();
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
  std::vector<Collector> collectors;
  std::vector<NormalizeJob> jobs;
  while (Slot* slot = wait_for_slot()) {
    collectors.clear();
    jobs.clear();
    collectors.reserve(slot->batch.jobs.size());
    for (Normalized& job : slot->batch.jobs)
      jobs.push_back({job.record, &collectors.emplace_back(job, slot->batch.buffer), {}});
    port.normalize_all(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) slot->batch.jobs[i].error = std::move(jobs[i].error);
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
