// Keeps a worker for one use of a plugin: starts it, asks it, starts it anew after it has fallen, and gives up on it
// after it has fallen too often.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/plugin/surroundings.hpp"
#include "core/plugin/worker/falls.hpp"
#include "core/plugin/worker/hello.hpp"
#include "core/plugin/worker/process.hpp"

namespace aorta::plugin::worker {

// On one thread at a time, but for cancel().
class Keeper {
 public:
  // Answers what the worker asks while the host waits for it. A request that does not end well was nonsense.
  using Serve = std::function<Result<std::string>(Type type, Reader& request)>;
  // Reads the answer to Hello of each worker that starts.
  using Greet = std::function<void(Reader& greeting)>;
  // Which plugin it is, given the board's `part`: "template plugin AcmeLamp".
  using Name = std::function<std::string(std::uint32_t part)>;

  // `surroundings` with an isolation.
  Keeper(Hello hello, Name name, Surroundings surroundings, std::shared_ptr<Falls> falls);
  ~Keeper();
  void on_request(Serve serve) { serve_ = std::move(serve); }
  void on_greeting(Greet greet) { greet_ = std::move(greet); }

  // The first worker. Errors: what the plugin said, or a fall.
  Result<void> open();
  // Type::Start to it, and to each that comes after it.
  Result<void> start();

  // How the last ask() or answer() ended.
  enum class State : std::uint8_t {
    Answered,     // it answered, or failed and said why
    Fallen,       // "plugin/crashed" or "plugin/timed-out", while it worked on this
    Away,         // no worker could be started yet; retryable
    Quarantined,  // "plugin/quarantined"
  };
  State state() const { return state_; }
  // The code of a failure that it said itself.
  std::int32_t code() const { return code_; }

  // Asks, and waits for the answer, which lives until the next call. Nothing is posted meanwhile. `size`: how many
  // things this is about; falls over parts of what it fell over before are the same fall, until a second one of them is
  // to blame alone. `extra`: what it may take beyond the time limit.
  Result<std::string_view> ask(
      Type type, std::string_view payload, std::size_t size,
      std::chrono::milliseconds extra = std::chrono::milliseconds(0)
  );
  // Asks ahead: room for a payload that post() is told of once it is filled, as long as the area has slots, and
  // answer() for each in turn. nullptr: it has to be asked when its turn comes, because there is no worker, what it
  // fell over is still looked for, or it goes only over the socket, where both sides could wait for each other.
  char* room(std::size_t bytes) const;
  void post(Type type, std::size_t bytes, std::size_t size);
  // How many were posted that no answer was taken to; none after a fall.
  std::size_t posted() const { return posted_.size(); }
  // As ask(), to what was posted first. A fall is one over all that was posted.
  Result<std::string_view> answer();
  // As ask(), while a request is served.
  Result<std::string_view> ask_back(Type type, std::string_view payload);
  // The last answer was nonsense, which is a fall.
  Error spoke_nonsense(std::size_t size);

  // At which of the records that were to be answered next the worker fell, as the board has it.
  std::uint32_t fell_at() const { return fell_at_; }
  // Of the present worker: 1, 2, 3 …
  std::uint64_t generation() const { return generation_; }
  bool is_up() const { return process_ != nullptr; }
  // Lets the worker end by itself, for a second.
  void close();
  // [any]
  void cancel();

 private:
  using Answer = Channel::Frame;
  Result<void> bring_up();
  Result<void> greet();
  Result<void> ready();
  Result<Answer> exchange(Type type, std::string_view payload, Clock::time_point deadline);
  Result<Answer> wait_for_answer(Clock::time_point deadline);
  Result<void> attend(const Channel::Frame& frame);
  Result<void> serve(const Channel::Frame& request);
  Result<std::string_view> take(const Result<Answer>& answer, std::size_t size);
  Error said(const Answer& answer);
  Error bury(const Error& how);
  Error fallen(const Error& how, std::size_t size);
  void count_fall(std::string what_happened);
  Error quarantined() const;
  void write_log(std::string_view payload) const;
  Result<void> take_metrics(std::string_view payload) const;
  void log(int level, const std::string& text) const;
  Clock::time_point deadline() const { return Clock::now() + surroundings_.isolation->time_limit; }

  const std::string hello_;
  Name name_;
  Surroundings surroundings_;
  std::shared_ptr<Falls> falls_;
  Serve serve_;
  Greet greet_;
  std::mutex process_mutex_;  // of the next two, for cancel()
  std::unique_ptr<Process> process_;
  bool cancelled_ = false;
  bool opened_ = false, started_ = false;
  std::optional<Error> broken_;  // the connection broke while a request was served
  State state_ = State::Answered;
  std::int32_t code_ = 0;
  std::uint64_t generation_ = 0;
  std::uint32_t fell_at_ = 0;
  struct Posted {
    std::size_t size = 0;
    Clock::time_point at{};
  };
  std::deque<Posted> posted_;
  Clock::time_point answered_at_{};
  std::uint32_t answered_ = 0;   // things, by the present worker
  std::size_t in_question_ = 0;  // of what it fell over, how much was not asked again yet
  std::size_t blamed_ = 0;       // of that, how many things alone
  Clock::time_point not_before_{};
};

}  // namespace aorta::plugin::worker
