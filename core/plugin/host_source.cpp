// records/1
#include <cstring>

#include "core/plugin/host_interfaces.hpp"

namespace aorta::plugin {
namespace {

void add(aorta_batch* batch, const aorta_record* record) { batch->records.push_back(own(*record)); }

void reject(aorta_batch* batch, const aorta_record* record, aorta_str reason, aorta_str message) {
  add(batch, record);
  batch->records.back().rejected = Error(std::string(view(reason)), std::string(view(message)));
}

}  // namespace

Record own(const aorta_record& record) {
  const aorta_str texts[] = {record.body,     record.content_type, record.token,
                             record.position, record.properties,   record.system_properties};
  std::size_t size = 1;  // never an empty block: a present text must not have data() == nullptr
  for (const aorta_str& text : texts) size += text.size;
  Record out;
  out.block = std::make_unique_for_overwrite<char[]>(size);
  char* to = out.block.get();
  auto keep = [&](aorta_str text) {
    if (!text.data) return std::string_view();
    std::memcpy(to, text.data, text.size);
    to += text.size;
    return std::string_view(to - text.size, text.size);
  };
  out.body = keep(record.body);
  out.content_type = keep(record.content_type);
  out.token = keep(record.token);
  out.position = keep(record.position);
  out.properties = keep(record.properties);
  out.system_properties = keep(record.system_properties);
  out.enqueued_ticks = record.enqueued_ticks;
  out.operation = record.operation;
  return out;
}

const aorta_records kRecordsApi{sizeof(aorta_records), 0, &add, &reject};

}  // namespace aorta::plugin
