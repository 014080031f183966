// Drives a source: polls it, keeps its records, settles them, and watches what it may not do.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "aorta/abi/source.h"
#include "aorta/detail/json.hpp"
#include "aorta/status.hpp"
#include "aorta/testing/driver.hpp"

namespace aorta::testing {

// One record as the source handed it over.
struct ReceivedRecord {
  std::string body, token, position, content_type, properties, system_properties;  // absent ones are empty
  std::int64_t enqueued_ticks = 0;
  std::uint32_t operation = AORTA_OPERATION_CREATE;
  std::string rejected{};  // the reason, where the source found it unusable
};

namespace detail {

// What stands behind aorta_batch in a test.
struct TestBatch {
  Contract& contract;
  FakeReceipts& receipts;
  std::vector<ReceivedRecord> records{};
  bool open = false;
  std::thread::id thread{};

  static TestBatch& of(aorta_batch* handle) { return *reinterpret_cast<TestBatch*>(handle); }
  aorta_batch* handle() { return reinterpret_cast<aorta_batch*>(this); }

  static void add(aorta_batch* handle, const aorta_record* record) { of(handle).take(*record, {}); }
  static void reject(aorta_batch* handle, const aorta_record* record, aorta_str reason, aorta_str message) {
    TestBatch& batch = of(handle);
    if (!is_reason(view(reason)))
      batch.contract.broke(
          "a record was rejected with the reason \"" + std::string(view(reason)) + "\"; a reason is kebab-case"
      );
    if (view(message).empty())
      batch.contract.broke("a record was rejected without a message; say what is wrong with it");
    batch.take(*record, std::string(view(reason)));
  }

  static void remember(aorta_batch* handle, aorta_str key, aorta_str text, std::uint64_t) {
    TestBatch& batch = of(handle);
    if (!batch.open) return batch.contract.broke("receipts/1 remember() was called outside poll()");
    batch.receipts.remember(std::string(view(key)), std::string(view(text)));
  }

  void take(const aorta_record& r, std::string rejected) {
    if (!open || thread != std::this_thread::get_id())
      return contract.broke("records/1 was called outside poll(); hand records over on the thread that polls");
    check(r);
    auto text = [](aorta_str s) { return std::string(view(s)); };
    records.push_back(
        {text(r.body), text(r.token), text(r.position), text(r.content_type), text(r.properties),
         text(r.system_properties), r.enqueued_ticks, r.operation, std::move(rejected)}
    );
  }
  void check(const aorta_record& r) const {
    if (r.size < sizeof(aorta_record))
      contract.broke("a record's size is " + std::to_string(r.size) + "; set it to sizeof(aorta_record)");
    if (view(r.token).empty()) contract.broke("a record has no token; name it, so that it can be settled");
    if (view(r.position).empty()) contract.broke("a record has no position; say where a person finds it");
    check_object(r.properties, "properties");
    check_object(r.system_properties, "system_properties");
  }
  void check_object(aorta_str text, const char* member) const {
    if (!text.data) return;
    try {
      if (aorta::detail::JsonReader::read(view(text)).kind == aorta::detail::Json::Kind::Object) return;
    } catch (const Failure&) {
    }
    contract.broke("a record's " + std::string(member) + " are no JSON object");
  }
};

inline constexpr aorta_records kTestRecords{sizeof(aorta_records), 0, &TestBatch::add, &TestBatch::reject};
inline constexpr aorta_receipts kTestReceipts{sizeof(aorta_receipts), 0, &TestBatch::remember, &FakeInterfaces::recall};

}  // namespace detail

// The calls of one source. `config`: canonical JSON with every default filled in: durations in milliseconds, sizes in
// bytes.
class SourceDriver : public Driver {
 public:
  explicit SourceDriver(const Library& library, std::string_view id, std::string_view config = "{}")
      : SourceDriver(library, id, config, nullptr) {}
  // In this world, which outlives it.
  SourceDriver(const Library& library, std::string_view id, std::string_view config, Fakes& world)
      : SourceDriver(library, id, config, &world) {}

  struct Polled {
    Answer answer;
    std::vector<ReceivedRecord> records;
  };
  // One poll(). What it hands over is unsettled until settle() says otherwise.
  Polled poll(
      std::uint64_t max_records = 100, std::uint64_t max_bytes = 1 << 20,
      std::chrono::milliseconds wait = std::chrono::milliseconds(0)
  ) {
    batch_.records.clear();
    batch_.open = true;
    batch_.thread = std::this_thread::get_id();
    auto begun = std::chrono::steady_clock::now();
    Answer answer = host().call("poll()", [&] {
      auto wait_ms = static_cast<std::uint32_t>(wait.count());
      return api<aorta_source>().poll(self(), batch_.handle(), max_records, max_bytes, wait_ms);
    });
    batch_.open = false;
    check(answer, max_records, max_bytes, std::chrono::steady_clock::now() - begun - wait);
    if (kept_ && !batch_.records.empty()) kept_->kept(self(), keeps_ ? AORTA_OK : AORTA_RETRY);
    ended_ = ended_ || answer.code == AORTA_END;
    return {std::move(answer), batch_.records};
  }
  // Its records are kept in a journal (kept/1): the next poll()s' are, or are not.
  bool is_kept() const { return kept_ != nullptr; }
  void keep(bool keeps) { keeps_ = keeps; }
  // The record with this token has ended. Told to sources whose records are not kept.
  void settle(std::string_view token, Outcome outcome = Outcome::Written) {
    unsettled_.erase(std::string(token));
    if (kept_) return;
    api<aorta_source>().settle(self(), to_abi(token), static_cast<std::int32_t>(outcome));
  }
  // Polls until the source ends or has nothing for `patience` polls in a row, and settles each record.
  std::vector<ReceivedRecord> drain(int patience = 3, std::chrono::milliseconds wait = std::chrono::milliseconds(0)) {
    std::vector<ReceivedRecord> out;
    for (int idle = 0; idle < patience && !ended_;) {
      Polled polled = poll(100, 1 << 20, wait);
      if (polled.answer.code == AORTA_FATAL) break;
      idle = polled.records.empty() ? idle + 1 : 0;
      for (ReceivedRecord& record : polled.records) {
        settle(record.token);
        out.push_back(std::move(record));
      }
    }
    return out;
  }
  // It said that no record will ever come again.
  bool ended() const { return ended_; }
  std::size_t unsettled() const { return unsettled_.size(); }

 private:
  SourceDriver(const Library& library, std::string_view id, std::string_view config, Fakes* world)
      : Driver(
            library, id, config, AORTA_SOURCE_ID,
            {{AORTA_RECORDS_ID, &detail::kTestRecords},
             {AORTA_RECEIPTS_ID, &detail::kTestReceipts},
             {AORTA_HTTP_ROUTES_ID, &detail::kFakeHttpRoutes}},
            world
        ),
        batch_{host().contract(), this->world().receipts},
        kept_(exists() ? optional_api<aorta_kept>(AORTA_KEPT_ID) : nullptr) {}
  void check(
      const Answer& answer, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::nanoseconds overtime
  ) {
    const auto& records = batch_.records;
    if (records.size() > max_records)
      broke("poll() gave " + std::to_string(records.size()) + " records of at most " + std::to_string(max_records));
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i + 1 < records.size(); ++i) bytes += records[i].body.size();
    if (bytes > max_bytes) broke("poll() went on after its records had exceeded max_bytes; stop adding then");
    if (ended_ && !records.empty()) broke("poll() gave records after it had returned AORTA_END");
    if (answer.code == AORTA_REJECT)
      broke("poll() returned AORTA_REJECT; reject the record instead, or return AORTA_FATAL");
    if (overtime > std::chrono::seconds(1)) broke("poll() waited more than a second longer than wait_ms allows");
    for (const ReceivedRecord& record : records) {
      if (!unsettled_.insert(record.token).second)
        broke("two unsettled records have the token \"" + record.token + "\"; a token names one record");
    }
  }

  aorta::testing::detail::TestBatch batch_;
  const aorta_kept* kept_;
  bool keeps_ = true;
  std::set<std::string> unsettled_;
  bool ended_ = false;
};

}  // namespace aorta::testing
