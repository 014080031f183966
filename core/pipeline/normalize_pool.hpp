// Normalization on several threads. Batches come back in the order they were given in, so what a pipeline makes of its
// messages does not depend on how many threads there are.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/threads.hpp"
#include "core/group/member.hpp"
#include "core/pipeline/in_flight.hpp"
#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

// A record on its way through normalization, and what came of it.
struct Normalized {
  InFlight::Id id = 0;
  const plugin::Record* record = nullptr;  // stays where it is until the batch is back
  std::uint32_t begin = 0, end = 0;        // its measurements among the batch's
  std::optional<Error> error;              // the measurements from before it stay (device-mapping spec 5.1)
};

// Records that travel together. One that was emptied is worth keeping for the next: it has memory.
struct NormalizeBatch {
  std::vector<Normalized> jobs;
  group::MemberBuffer buffer;  // the measurements of all jobs

  std::span<const group::Member> measurements(const Normalized& of) const {
    return buffer.members().subspan(of.begin, of.end - of.begin);
  }
  void clear() {
    jobs.clear();
    buffer.clear();
  }
};

class NormalizePool {
 public:
  using Batch = NormalizeBatch;

  // One thread per port, which begins batches as far ahead as the port allows, and waits for none to do so. `on_ready`
  // is called on those threads, whenever take() has something to give.
  NormalizePool(std::vector<NormalizePort*> ports, std::function<void()> on_ready);
  // Ends what is begun and forgets the rest.
  ~NormalizePool();

  // What lies in the pool is bounded: submit() only where has_room().
  bool has_room() const;
  // Nothing was submitted that take() has not given back.
  bool idle() const;
  void submit(Batch batch);
  // The oldest batch, once it is finished.
  std::optional<Batch> take();

 private:
  enum class State : std::uint8_t { Waiting, Running, Finished };
  struct Slot {
    Batch batch;
    State state = State::Waiting;
  };
  class Work;
  void work(NormalizePort& port);
  Slot* take_slot(bool wait);
  void finish(Slot& slot, bool last);

  const std::size_t capacity_;
  const std::function<void()> on_ready_;
  mutable Mutex mutex_;
  Condition submitted_;
  std::deque<Slot> slots_;  // oldest first; a slot that runs stays in place
  bool ending_ = false;
  std::ptrdiff_t idle_;  // threads that have nothing to do
  std::vector<Thread> threads_;
};

}  // namespace aorta::pipeline
