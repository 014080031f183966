// Keeps a worker for one use of a plugin: starts it, asks it, starts it anew after it has fallen, and gives up on it
// after it has fallen too often.
#pragma once

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
  // Takes a part of an answer: to how many things of those asked about, or nothing if it is nonsense.
  using TakePart = std::function<std::optional<std::size_t>(std::string_view part)>;
  // Reads the answer to Hello of each worker that starts.
  using Greet = std::function<void(Reader& greeting)>;
  // Which plugin it is, given the board's `part`: "template plugin AcmeLamp".
  using Name = std::function<std::string(std::uint32_t part)>;

  // `surroundings` with an isolation.
  Keeper(Hello hello, Name name, Surroundings surroundings, std::shared_ptr<Falls> falls);
  ~Keeper();
  void on_request(Serve serve) { serve_ = std::move(serve); }
  void on_greeting(Greet greet) { greet_ = std::move(greet); }
  // Answers come in parts: where many things are asked about it is worth to be woken once there are `wanted` of them.
  void on_part(TakePart take_part, std::uint32_t wanted) {
    take_part_ = std::move(take_part);
    wanted_ = wanted;
  }

  // The first worker. Errors: what the plugin said, or a fall.
  Result<void> open();
  // Type::Start to it, and to each that comes after it.
  Result<void> start();

  // How the last ask() ended.
  enum class State : std::uint8_t {
    Answered,     // it answered, or failed and said why
    Fallen,       // "plugin/crashed" or "plugin/timed-out", while it worked on this
    Away,         // no worker could be started yet; retryable
    Quarantined,  // "plugin/quarantined"
  };
  State state() const { return state_; }
  // The code of a failure that it said itself.
  std::int32_t code() const { return code_; }

  // Asks, and waits for the answer, which lives until the next call. `size`: how many things this is about; falls over
  // parts of what it fell over before are the same fall, until a second one of them is to blame alone. `extra`: what it
  // may take beyond the time limit.
  Result<std::string_view> ask(
      Type type, std::string_view payload, std::size_t size,
      std::chrono::milliseconds extra = std::chrono::milliseconds(0)
  );
  // As ask(), while a request is served.
  Result<std::string_view> ask_back(Type type, std::string_view payload);
  // The last answer was nonsense, which is a fall.
  Error spoke_nonsense(std::size_t size);

  // Of the things last asked about, how many were answered in parts.
  std::size_t answered() const { return answered_; }
  // Which record of the batch the worker was at when it fell, as the board has it.
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
  Result<Answer> exchange(Type type, std::string_view payload, Clock::time_point deadline, std::uint32_t wanted = 0);
  Result<void> attend(const Channel::Frame& frame);
  Result<void> take_part(std::string_view payload);
  Result<void> serve(const Channel::Frame& request);
  Result<std::string_view> take(const Answer& answer, std::size_t size);
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
  TakePart take_part_;
  std::uint32_t wanted_ = 0;
  std::mutex process_mutex_;  // of the next two, for cancel()
  std::unique_ptr<Process> process_;
  bool cancelled_ = false;
  bool opened_ = false, started_ = false;
  std::optional<Error> broken_;  // the connection broke while a request was served
  State state_ = State::Answered;
  std::int32_t code_ = 0;
  std::uint64_t generation_ = 0;
  std::uint32_t fell_at_ = 0;
  std::size_t answered_ = 0;
  std::size_t in_question_ = 0;  // of what it fell over, how much was not asked again yet
  std::size_t blamed_ = 0;       // of that, how many things alone
  Clock::time_point not_before_{};
};

}  // namespace aorta::plugin::worker
