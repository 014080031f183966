#include "core/pipeline/normalize_pool.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "fakes.hpp"

using namespace aorta;
using namespace aorta::pipeline;

namespace {

// Holds a message named "slow" until it is let go.
class Gate : public NormalizePort {
 public:
  explicit Gate(std::shared_future<void> open) : open_(std::move(open)) {}
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override {
    if (record.body == "slow") open_.wait();
    return words_.normalize(record, out);
  }

 private:
  std::shared_future<void> open_;
  fake::Words words_;
};

// Takes up to three batches at once, and finishes one each time that it is let to.
class Ahead : public NormalizePort {
 public:
  std::size_t depth() const override { return 3; }
  void begin(std::span<NormalizeJob> jobs) override {
    std::lock_guard lock(mutex_);
    begun_.push_back(jobs);
    most_ = std::max(most_, begun_.size());
    changed_.notify_all();
  }
  void finish() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return may_finish_ > 0; });
    --may_finish_;
    NormalizePort::begin(begun_.front());
    begun_.pop_front();
  }
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override {
    return words_.normalize(record, out);
  }

  void let_finish(std::size_t batches) {
    std::lock_guard lock(mutex_);
    may_finish_ += batches;
    changed_.notify_all();
  }
  // False: it took too long.
  bool has_begun(std::size_t batches) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return begun_.size() >= batches; });
  }
  std::size_t most() {
    std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::span<NormalizeJob>> begun_;
  std::size_t may_finish_ = 0, most_ = 0;
  fake::Words words_;
};

NormalizePool::Batch batch_of(const plugin::Record& record, InFlight::Id id) {
  NormalizePool::Batch batch;
  batch.jobs.push_back({id, &record, 0, 0, {}});
  return batch;
}

struct Bench {
  explicit Bench(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) gates.emplace_back(opened);
    std::vector<NormalizePort*> ports;
    for (Gate& gate : gates) ports.push_back(&gate);
    pool.emplace(ports, [this] {
      if (!told.exchange(true)) ready.set_value();
    });
  }
  ~Bench() {
    if (!open) let_go.set_value();
  }
  void submit(std::string_view body) {
    records.push_back(fake::record(body, "token"));
    NormalizePool::Batch batch;
    batch.jobs.push_back({records.size(), &records.back(), 0, 0, {}});
    pool->submit(std::move(batch));
  }
  void release() {
    open = true;
    let_go.set_value();
  }

  std::promise<void> let_go;
  std::shared_future<void> opened = let_go.get_future().share();
  std::promise<void> ready;
  std::atomic<bool> told{false};
  bool open = false;
  std::deque<plugin::Record> records;
  std::deque<Gate> gates;
  std::optional<NormalizePool> pool;
};

}  // namespace

TEST_CASE("normalize pool: a batch that took longer comes back before those behind it") {
  Bench bench(2);
  bench.submit("slow");
  bench.submit("b c");
  CHECK_FALSE(bench.pool->take());
  bench.release();
  bench.ready.get_future().wait();
  auto first = bench.pool->take();
  REQUIRE(first);
  CHECK(first->jobs.at(0).id == 1);
  CHECK(first->measurements(first->jobs.at(0))[0].device == "slow");
  std::optional<NormalizePool::Batch> second;
  while (!second) second = bench.pool->take();
  auto measurements = second->measurements(second->jobs.at(0));
  REQUIRE(measurements.size() == 2);
  CHECK(measurements[1].record == 2);
  CHECK(bench.pool->idle());
}

TEST_CASE("normalize pool: what a message gave before it failed is there, with the failure") {
  Bench bench(1);
  bench.submit("a !");
  bench.ready.get_future().wait();
  auto batch = bench.pool->take();
  REQUIRE(batch);
  CHECK(batch->measurements(batch->jobs.at(0)).size() == 1);
  CHECK(batch->jobs.at(0).error.value().reason() == "required-value-missing");
}

TEST_CASE("normalize pool: room is bounded and comes back with what is taken") {
  Bench bench(1);
  bench.submit("slow");
  int submitted = 1;
  for (; bench.pool->has_room(); ++submitted) bench.submit("a");
  CHECK(submitted == 3);
  bench.release();
  bench.ready.get_future().wait();
  CHECK(bench.pool->take());
  CHECK(bench.pool->has_room());
}

TEST_CASE("normalize pool: an end forgets what is not begun") {
  Bench bench(1);
  bench.submit("slow");
  bench.submit("a");
  bench.release();
  bench.pool.reset();
  SUCCEED("the threads have ended");
}

TEST_CASE("normalize pool: a port gets batches ahead, and what comes of them in their order") {
  Ahead port;
  plugin::Record record = fake::record("a", "token");
  std::vector<InFlight::Id> came;
  NormalizePool pool({&port}, [] {});
  std::size_t submitted = 0;
  while (pool.has_room()) pool.submit(batch_of(record, ++submitted));
  CHECK(submitted == 5);
  CHECK(port.has_begun(3));
  CHECK_FALSE(pool.take());
  port.let_finish(submitted);
  while (came.size() < submitted) {
    if (auto batch = pool.take()) came.push_back(batch->jobs.at(0).id);
  }
  CHECK(came == std::vector<InFlight::Id>{1, 2, 3, 4, 5});
  CHECK(port.most() == 3);
  CHECK(pool.idle());
}

TEST_CASE("normalize pool: a batch that has nothing behind it is finished at once") {
  Ahead port;
  port.let_finish(1);
  plugin::Record record = fake::record("a", "token");
  std::promise<void> ready;
  NormalizePool pool({&port}, [&] { ready.set_value(); });
  pool.submit(batch_of(record, 1));
  REQUIRE(ready.get_future().wait_for(std::chrono::seconds(5)) == std::future_status::ready);
  CHECK(pool.take());
}

TEST_CASE("normalize pool: batches that others have no work without are left to them") {
  Ahead ports[2];
  plugin::Record record = fake::record("a", "token");
  NormalizePool pool({&ports[0], &ports[1]}, [] {});
  for (InFlight::Id id = 1; id <= 2; ++id) pool.submit(batch_of(record, id));
  CHECK(ports[0].has_begun(1));
  CHECK(ports[1].has_begun(1));
  for (Ahead& port : ports) port.let_finish(1);
}
