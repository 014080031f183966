// What a source hands over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aorta/abi/source.h"
#include "aorta/str.hpp"

namespace aorta {

enum class Operation : std::uint32_t {
  Create = AORTA_OPERATION_CREATE,
  Update = AORTA_OPERATION_UPDATE,
  Delete = AORTA_OPERATION_DELETE,
};

// One message as the source received it; the host copies it. Default views are "absent".
struct Record {
  std::string_view body;
  std::string_view token;     // the source's name for it in settle(): unique among its unsettled ones
  std::string_view position;  // where a person finds it: "data/vitals.ndjson:8812"
  std::string_view content_type = {};
  std::string_view properties = {};         // JSON object
  std::string_view system_properties = {};  // JSON object
  std::int64_t enqueued_ticks = 0;          // aorta_time.ticks, UTC; 0: not known
  Operation operation = Operation::Create;
};

// What one poll() fills.
class Batch {
 public:
  // `receipts`: nullptr where this host has no such interface.
  Batch(
      const aorta_records* api, aorta_batch* batch, std::uint64_t max_records, std::uint64_t max_bytes,
      const aorta_receipts* receipts = nullptr
  )
      : api_(api), batch_(batch), max_records_(max_records), max_bytes_(max_bytes), receipts_(receipts) {}

  void add(const Record& record) {
    aorta_record raw = to_raw(record);
    api_->add(batch_, &raw);
    count(record);
  }
  // A record that the source itself found unusable: it goes to the dead letters and is settled like any other.
  void reject(const Record& record, std::string_view reason, std::string_view message) {
    aorta_record raw = to_raw(record);
    api_->reject(batch_, &raw, to_abi(reason), to_abi(message));
    count(record);
  }
  // For sources with kept(): the last `count` records, some of them perhaps of earlier polls, came under `key`;
  // Host::recall() gives `text` back, within a window of number and time.
  void remember(std::string_view key, std::string_view text, std::uint64_t count) {
    if (receipts_) receipts_->remember(batch_, to_abi(key), to_abi(text), count);
  }
  // No more is wanted in this poll().
  bool full() const { return records_ >= max_records_ || bytes_ >= max_bytes_; }
  std::uint64_t size() const { return records_; }

 private:
  static aorta_record to_raw(const Record& r) {
    return {sizeof(aorta_record), static_cast<std::uint32_t>(r.operation),
            to_abi(r.body),       to_abi(r.content_type),
            to_abi(r.token),      to_abi(r.position),
            to_abi(r.properties), to_abi(r.system_properties),
            r.enqueued_ticks};
  }
  void count(const Record& record) {
    ++records_;
    bytes_ += record.body.size();
  }

  const aorta_records* api_;
  aorta_batch* batch_;
  std::uint64_t max_records_, max_bytes_;
  const aorta_receipts* receipts_;
  std::uint64_t records_ = 0, bytes_ = 0;
};

// How far a source with an end has come: bytes handed over, and in all (0: not known).
struct Progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

}  // namespace aorta
