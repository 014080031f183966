// records/1, receipts/1
#include <cstring>

#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

void add(aorta_batch* batch, const aorta_record* record) { batch->records.push_back(own(*record)); }

void reject(aorta_batch* batch, const aorta_record* record, aorta_str reason, aorta_str message) {
  add(batch, record);
  batch->records.back().rejected = Error(std::string(view(reason)), std::string(view(message)));
}

void remember(aorta_batch* batch, aorta_str key, aorta_str text, std::uint64_t count) {
  if (!batch->receipts) return;
  batch->receipts->push_back({std::string(view(key)), std::string(view(text)), batch->records.size(), count});
}

void recall(const aorta_host* host, aorta_str key, void* context, void (*give)(void* context, aorta_str text)) {
  const auto& known = Instance::of(host).surroundings().recall;
  if (!known) return;
  if (auto text = known(view(key))) give(context, to_abi(*text));
}

}  // namespace

Record own(const Record& views) {
  const std::string_view* texts[] = {&views.body,     &views.content_type, &views.token,
                                     &views.position, &views.properties,   &views.system_properties};
  std::size_t size = 1;  // never an empty block: a present text must not have data() == nullptr
  for (const std::string_view* text : texts) size += text->size();
  Record out;
  out.block = std::make_unique_for_overwrite<char[]>(size);
  char* to = out.block.get();
  auto keep = [&](std::string_view text) {
    if (!text.data()) return std::string_view();
    std::memcpy(to, text.data(), text.size());
    to += text.size();
    return std::string_view(to - text.size(), text.size());
  };
  out.body = keep(views.body);
  out.content_type = keep(views.content_type);
  out.token = keep(views.token);
  out.position = keep(views.position);
  out.properties = keep(views.properties);
  out.system_properties = keep(views.system_properties);
  out.enqueued_ticks = views.enqueued_ticks;
  out.operation = views.operation;
  return out;
}

Record own(const aorta_record& record) {
  Record views;
  views.body = view(record.body);
  views.content_type = view(record.content_type);
  views.token = view(record.token);
  views.position = view(record.position);
  views.properties = view(record.properties);
  views.system_properties = view(record.system_properties);
  views.enqueued_ticks = record.enqueued_ticks;
  views.operation = record.operation;
  return own(views);
}

const aorta_records kRecordsApi{sizeof(aorta_records), 0, &add, &reject};
const aorta_receipts kReceiptsApi{sizeof(aorta_receipts), 0, &remember, &recall};

}  // namespace aorta::plugin
