// The payloads of Type::Poll and Type::Stop to a source, and of the answer to the first.
//
//   settlements:  count, then each: token, outcome
//   poll:         max records, max bytes, wait in ms, settlements
//   answer:       code, records, progress known (0, 1), done, total, the error if the code is a failure
//   record:       body, content type, token, position, properties, system properties, ticks, operation, rejected (0,
//   1),
//                 the error if it is
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/plugin/source.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

struct Settlement {
  std::string token;
  std::int32_t outcome = 0;
};
void put_settlements(Writer& out, const std::vector<Settlement>& settlements);
std::vector<Settlement> take_settlements(Reader& in);

void put_record(Writer& out, const Record& record);
// Texts point into the payload: own() keeps them.
Record take_record(Reader& in);

void put_progress(Writer& out, const std::optional<Source::Progress>& progress);
std::optional<Source::Progress> take_progress(Reader& in);

}  // namespace aorta::plugin::worker
