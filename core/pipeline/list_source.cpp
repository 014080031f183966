#include "core/pipeline/list_source.hpp"

namespace aorta::pipeline {
namespace {

plugin::Record record_of(const ListedMessage& message) {
  plugin::Record record;
  record.body = message.body;
  record.token = record.position = message.position;
  record.properties = plugin::present(message.properties);
  record.system_properties = plugin::present(message.system_properties);
  return plugin::own(record);
}

}  // namespace

Result<plugin::Source::State> ListSource::poll(
    std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t, std::chrono::milliseconds
) {
  for (; max_records > 0 && next_ < messages_.size(); --max_records) out.push_back(record_of(messages_[next_++]));
  return next_ < messages_.size() ? plugin::Source::State::More : plugin::Source::State::Ended;
}

}  // namespace aorta::pipeline
