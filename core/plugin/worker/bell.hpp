// Wakes the other side.
#pragma once

#include "core/base/result.hpp"

namespace aorta::plugin::worker {

// A descriptor that is readable once it was rung. Not a socket: who is woken over one is put on the core of who woke
// it, though both have work to do. Who rings and who sleeps may be in different processes.
class Bell {
 public:
  // By the host.
  static Result<Bell> make();
  // By the worker, which inherits it.
  explicit Bell(int descriptor) : descriptor_(descriptor) {}
  Bell(Bell&& other) noexcept;
  Bell& operator=(Bell&&) = delete;
  ~Bell();

  int descriptor() const { return descriptor_; }
  void ring() const;
  // Until it is rung again.
  void silence() const;

 private:
  int descriptor_;
};

}  // namespace aorta::plugin::worker
