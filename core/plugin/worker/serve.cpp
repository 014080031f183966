#include "core/plugin/worker/serve.hpp"

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>

#include "core/plugin/worker/process.hpp"
#include "core/plugin/worker/session.hpp"

namespace aorta::plugin::worker {
namespace {

int refuse() {
  std::fputs("error: plugin-worker is started by aorta itself, for plugins with isolation: process\n", stderr);
  return EXIT_FAILURE;
}

}  // namespace

int serve() {
  for (int own : {kSocket, kWorkerBell, kHostBell}) {
    if (fcntl(own, F_SETFD, FD_CLOEXEC) != 0) return refuse();
  }
  auto memory = SharedMemory::take(kMemory);
  if (memory.has_error()) return refuse();
  Session session(std::move(*memory));
  auto first = session.next();
  if (first.has_error() || first->type != Type::Hello) return refuse();
  auto hello = read_hello(first->payload);
  if (hello.has_error()) return refuse();
  switch (hello->kind) {
    case Kind::Template:
      return serve_mapping(session, *hello);
    case Kind::Source:
      return serve_source(session, *hello);
    case Kind::Sink:
      return serve_sink(session, *hello);
  }
  return EXIT_FAILURE;
}

}  // namespace aorta::plugin::worker
