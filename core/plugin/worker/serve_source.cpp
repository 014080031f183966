// A worker with one source.
#include <cstdlib>

#include "aorta/abi/source.h"
#include "core/plugin/worker/session.hpp"
#include "core/plugin/worker/source_frames.hpp"

namespace aorta::plugin::worker {
namespace {

class SourceServer {
 public:
  SourceServer(Session& session, Source& source) : session_(session), source_(source) {}

  // Whether it knew what to do.
  bool serve(const Channel::Frame& frame) {
    Reader request(frame.payload);
    if (frame.type == Type::Poll) poll(request);
    if (frame.type == Type::Stop) settle(request);
    if (frame.type == Type::Stop) answer(source_.stop());
    if (frame.type == Type::Start) answer(source_.start());
    return frame.type == Type::Poll || frame.type == Type::Stop || frame.type == Type::Start;
  }

 private:
  void answer(const Result<void>& done) {
    done.has_error() ? session_.answer_failure(AORTA_FATAL, done.error()) : session_.answer({});
  }

  void settle(Reader& request) {
    for (const Settlement& one : take_settlements(request)) source_.settle(one.token, one.outcome);
  }

  void poll(Reader& request) {
    auto max_records = request.take<std::uint64_t>();
    auto max_bytes = request.take<std::uint64_t>();
    std::chrono::milliseconds wait(request.take<std::uint32_t>());
    settle(request);
    records_.clear();
    auto state = source_.poll(records_, max_records, max_bytes, wait);
    answer_.clear();
    Writer writer(answer_);
    writer.put(code_of(state));
    writer.put(static_cast<std::uint32_t>(records_.size()));
    for (const Record& record : records_) put_record(writer, record);
    put_progress(writer, source_.progress());
    if (state.has_error()) put_error(writer, state.error());
    session_.answer(answer_);
  }

  static std::int32_t code_of(const Result<Source::State>& state) {
    if (state.has_error()) return AORTA_FATAL;
    if (*state == Source::State::Ended) return AORTA_END;
    return *state == Source::State::Cancelled ? AORTA_CANCELLED : AORTA_OK;
  }

  Session& session_;
  Source& source_;
  std::vector<Record> records_;
  std::string answer_;
};

}  // namespace

int serve_source(Session& session, const Hello& hello) {
  Registry registry(hello.folders);
  auto source = Source::make(registry, hello.id, hello.config, session.surroundings(hello));
  if (source.has_error()) return session.refuse(source.error());
  if ((*source)->keeps())
    return session.refuse(
        Error("not-isolated", "messages are sent to this source, which only works within the host; leave out isolation")
    );
  session.answer({});
  SourceServer server(session, **source);
  for (;;) {
    auto frame = session.next();
    if (frame.has_error()) return EXIT_SUCCESS;
    if (!server.serve(*frame)) return EXIT_FAILURE;
  }
}

}  // namespace aorta::plugin::worker
