// A worker with one sink.
#include <cstdlib>

#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/worker/session.hpp"
#include "core/plugin/worker/sink_frames.hpp"

namespace aorta::plugin::worker {
namespace {

class SinkServer {
 public:
  SinkServer(Session& session, std::unique_ptr<Instance> instance, const aorta_sink* api)
      : session_(session), instance_(std::move(instance)), api_(api) {}

  // Whether it knew what to do.
  bool serve(const Channel::Frame& frame) {
    if (frame.type == Type::Start) answer(instance_->start());
    if (frame.type == Type::Stop) answer(instance_->stop());
    if (frame.type == Type::Write) write(std::string(frame.payload));
    return frame.type == Type::Write || frame.type == Type::Stop || frame.type == Type::Start;
  }

 private:
  void answer(const Result<void>& done) {
    done.has_error() ? session_.answer_failure(AORTA_FATAL, done.error()) : session_.answer({});
  }

  // `request` is kept: what the plugin asks the host goes through the same connection.
  void write(const std::string& request) {
    Reader reader(request);
    std::vector<WorkerGroup> groups = take_groups(reader);
    std::vector<const aorta_group*> handles;
    std::vector<Sink::Endings> endings;
    for (const WorkerGroup& group : groups) {
      handles.push_back(reinterpret_cast<const aorta_group*>(&group));
      endings.push_back(unsaid_endings(group.measurements.size()));
    }
    aorta_results results{endings};
    std::int32_t code = AORTA_OK;
    auto done = instance_->call([&] {
      return code = api_->write(instance_->self(), handles.data(), handles.size(), &results);
    });
    if (done.has_error()) return session_.answer_failure(code, done.error().in(instance_->surroundings().name));
    std::string out;
    Writer writer(out);
    for (const Sink::Endings& of_group : endings) put_endings(writer, of_group);
    session_.answer(out);
  }

  Session& session_;
  std::unique_ptr<Instance> instance_;
  const aorta_sink* api_;
};

}  // namespace

int serve_sink(Session& session, const Hello& hello) {
  Registry registry(hello.folders);
  Surroundings surroundings = session.surroundings(hello);
  surroundings.instead = &sink_worker_interface;
  auto instance = Instance::make(registry, Kind::Sink, hello.id, hello.config, std::move(surroundings));
  auto api =
      instance.has_error() ? Result<const aorta_sink*>(instance.error()) : (*instance)->need<aorta_sink>(AORTA_SINK_ID);
  if (api.has_error()) return session.refuse(api.error());
  session.answer({});
  SinkServer server(session, std::move(*instance), *api);
  for (;;) {
    auto frame = session.next();
    if (frame.has_error()) return EXIT_SUCCESS;
    if (!server.serve(*frame)) return EXIT_FAILURE;
  }
}

}  // namespace aorta::plugin::worker
