#include "core/pipeline/normalize_pool.hpp"

#include <catch2/catch.hpp>
#include <future>

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
