#include "core/plugin/worker/source_frames.hpp"

namespace aorta::plugin::worker {

void put_settlements(Writer& out, const std::vector<Settlement>& settlements) {
  out.put(static_cast<std::uint32_t>(settlements.size()));
  for (const Settlement& settlement : settlements) {
    out.text(settlement.token);
    out.put(settlement.outcome);
  }
}

std::vector<Settlement> take_settlements(Reader& in) {
  std::vector<Settlement> out;
  for (std::uint32_t left = in.count(2 * sizeof(std::uint32_t)); left > 0; --left) {
    std::string token(in.text());
    out.push_back({std::move(token), in.take<std::int32_t>()});
  }
  return out;
}

void put_record(Writer& out, const Record& record) {
  for (std::string_view text :
       {record.body, record.content_type, record.token, record.position, record.properties, record.system_properties})
    out.text(text);
  out.put(record.enqueued_ticks);
  out.put(record.operation);
  out.put(static_cast<std::uint8_t>(record.rejected.has_value()));
  if (record.rejected) put_error(out, *record.rejected);
}

Record take_record(Reader& in) {
  Record record;
  for (std::string_view* text :
       {&record.body, &record.content_type, &record.token, &record.position, &record.properties,
        &record.system_properties})
    *text = in.text();
  record.enqueued_ticks = in.take<std::int64_t>();
  record.operation = in.take<std::uint32_t>();
  if (in.take<std::uint8_t>() != 0) record.rejected = take_error(in);
  return record;
}

void put_progress(Writer& out, const std::optional<Source::Progress>& progress) {
  out.put(static_cast<std::uint8_t>(progress.has_value()));
  out.put(progress ? progress->done : 0);
  out.put(progress ? progress->total : 0);
}

std::optional<Source::Progress> take_progress(Reader& in) {
  bool known = in.take<std::uint8_t>() != 0;
  Source::Progress progress;
  progress.done = in.take<std::uint64_t>();
  progress.total = in.take<std::uint64_t>();
  return known ? std::optional(progress) : std::nullopt;
}

}  // namespace aorta::plugin::worker
