// What a sink in a worker asks of the host: observation/1 and fhir/1, done here in the name of an instance without a
// library.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/worker/keeper.hpp"

namespace aorta::plugin::worker {

class StoreService {
 public:
  // Both outlive it.
  StoreService(Instance& instance, Keeper& keeper) : instance_(instance), keeper_(keeper) {}
  ~StoreService();

  // The groups of the write() that runs; nullptr: none does.
  void work_on(const GroupHandles* groups) { groups_ = groups; }
  // As Keeper::Serve.
  Result<std::string> serve(Type type, Reader& request);

 private:
  std::vector<const aorta_group*> take_groups_of(Reader& request);
  aorta_observation_mapping* take_mapping(Reader& request);
  Result<std::string> load_mapping(Reader& request);
  Result<std::string> write_observations(Reader& request);
  Result<std::string> observation_parts(Reader& request);
  Result<std::string> identify(Reader& request);
  Result<std::string> find(Reader& request);
  Result<std::string> update(Reader& request);

  Instance& instance_;
  Keeper& keeper_;
  const GroupHandles* groups_ = nullptr;
  // By text: a worker that takes over asks for the mapping of the one before, and goes on with what its engine knows.
  std::map<std::string, std::uint32_t, std::less<>> by_text_;  // profile and text
  std::vector<aorta_observation_mapping*> mappings_;
};

}  // namespace aorta::plugin::worker
