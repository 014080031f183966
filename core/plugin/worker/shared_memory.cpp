#include "core/plugin/worker/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace aorta::plugin::worker {
namespace {

Error no_memory() {
  return Error("no-worker", "no memory can be shared with a worker: " + std::generic_category().message(errno), true);
}

}  // namespace

Result<SharedMemory> SharedMemory::map(int descriptor) {
  void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) return no_memory();
  return SharedMemory(static_cast<char*>(memory), descriptor);
}

Result<SharedMemory> SharedMemory::make() {
  int descriptor = memfd_create("aorta-worker", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return no_memory();
  bool ready = ftruncate(descriptor, kSize) == 0 &&
               fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
  Result<SharedMemory> mapped = ready ? map(descriptor) : no_memory();
  if (mapped.has_error()) close(descriptor);
  return mapped;
}

Result<SharedMemory> SharedMemory::take(int descriptor) {
  AORTA_TRY(memory, map(descriptor));
  memory.close_descriptor();
  return memory;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), descriptor_(std::exchange(other.descriptor_, -1)) {}

SharedMemory::~SharedMemory() {
  close_descriptor();
  if (memory_) munmap(memory_, kSize);
}

void SharedMemory::close_descriptor() {
  if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
}

}  // namespace aorta::plugin::worker
