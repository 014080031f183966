#include "core/pipeline/list_source.hpp"

namespace aorta::pipeline {
namespace {

aorta_str abi(std::string_view text) { return {text.data(), text.size()}; }
aorta_str abi_or_absent(std::string_view text) { return text.empty() ? aorta_str{nullptr, 0} : abi(text); }

plugin::Record record_of(const ListedMessage& message) {
  aorta_record record{};
  record.size = sizeof record;
  record.body = abi(message.body);
  record.token = record.position = abi(message.position);
  record.properties = abi_or_absent(message.properties);
  record.system_properties = abi_or_absent(message.system_properties);
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
