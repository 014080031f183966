// What stands behind the interfaces of one instance to the world outside its messages: state/1, metrics/1, secret/1,
// http-client/1. In a worker as in the host.
#pragma once

#include <memory>
#include <string>

#include "core/http/caller.hpp"
#include "core/plugin/metric_book.hpp"
#include "core/plugin/secret_book.hpp"
#include "core/plugin/state_file.hpp"
#include "core/plugin/surroundings.hpp"

namespace aorta::plugin {

struct Outside {
  // What the surroundings lack is made here, for this instance alone.
  explicit Outside(const Surroundings& surroundings);

  std::shared_ptr<StateFile> state;
  std::string owner;
  std::shared_ptr<MetricBook> metrics;
  std::shared_ptr<SecretBook> secrets;
  http::Caller http;
};

}  // namespace aorta::plugin
