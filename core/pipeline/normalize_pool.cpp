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

// One that waits, and one that was not taken back yet, for each that is worked on; and one that is on its way.
std::size_t capacity_of(const std::vector<NormalizePort*>& ports) {
  std::size_t capacity = 1;
  for (const NormalizePort* port : ports) capacity += port->depth() + 1;
  return capacity;
}

}  // namespace

// A batch as a port sees it. Keeps its memory.
class NormalizePool::Work {
 public:
  std::span<NormalizeJob> take(Slot& slot) {
    slot_ = &slot;
    collectors_.clear();
    jobs_.clear();
    collectors_.reserve(slot.batch.jobs.size());
    for (Normalized& job : slot.batch.jobs)
      jobs_.push_back({job.record, &collectors_.emplace_back(job, slot.batch.buffer)});
    return jobs_;
  }
  // The slot, with what came of its jobs.
  Slot& finish() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) slot_->batch.jobs[i].error = std::move(jobs_[i].error);
    return *slot_;
  }

 private:
  Slot* slot_ = nullptr;
  std::vector<Collector> collectors_;
  std::vector<NormalizeJob> jobs_;
};

NormalizePool::NormalizePool(std::vector<NormalizePort*> ports, std::function<void()> on_ready)
    : capacity_(capacity_of(ports)), on_ready_(std::move(on_ready)), idle_(std::ssize(ports)) {
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
  std::vector<Work> works(port.depth());
  for (std::size_t begun = 0, finished = 0;;) {
    Slot* next = begun - finished < works.size() ? take_slot(begun == finished) : nullptr;
    if (next != nullptr) {
      port.begin(works[begun++ % works.size()].take(*next));
      continue;
    }
    if (begun == finished) return;
    port.finish();
    Slot& slot = works[finished++ % works.size()].finish();
    finish(slot, begun == finished);
  }
}

// nullptr: the pool ends, or `wait` is false and there is none but for those that have nothing to do.
NormalizePool::Slot* NormalizePool::take_slot(bool wait) {
  auto is_waiting = [](const Slot& slot) { return slot.state == State::Waiting; };
  std::unique_lock lock(mutex_);
  while (!ending_) {
    auto next = std::find_if(slots_.begin(), slots_.end(), is_waiting);
    bool others_want_it = !wait && std::count_if(next, slots_.end(), is_waiting) <= idle_;
    if (next != slots_.end() && !others_want_it) {
      next->state = State::Running;
      if (wait) --idle_;
      return &*next;
    }
    if (!wait) break;
    submitted_.wait(lock);
  }
  return nullptr;
}

void NormalizePool::finish(Slot& slot, bool last) {
  bool ready;
  {
    std::lock_guard lock(mutex_);
    slot.state = State::Finished;
    if (last) ++idle_;
    ready = &slot == &slots_.front();
  }
  if (ready) on_ready_();
}

}  // namespace aorta::pipeline
