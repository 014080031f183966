// What a source or sink in a worker asks of state/1, done by the host.
#pragma once

#include <memory>
#include <string>

#include "core/plugin/state_file.hpp"
#include "core/plugin/surroundings.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

class StateService {
 public:
  explicit StateService(const Surroundings& surroundings);
  static bool knows(Type type);
  // As Keeper::Serve.
  Result<std::string> serve(Type type, Reader& request);

 private:
  Result<std::string> get(Reader& request);
  Result<std::string> put(Reader& request);
  Result<std::string> each(Reader& request);

  std::shared_ptr<StateFile> state_;
  std::string owner_;
};

}  // namespace aorta::plugin::worker
