/* Sources: where records come from. Plugin abilities "source/1", "progress/1", "kept/1"; host interfaces "records/1",
 * "receipts/1". */
#ifndef AORTA_ABI_SOURCE_H
#define AORTA_ABI_SOURCE_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a record asks for. Every consumer must handle a number it does not know as AORTA_OPERATION_CREATE. */
#define AORTA_OPERATION_CREATE 0
#define AORTA_OPERATION_UPDATE 1
#define AORTA_OPERATION_DELETE 2

/* One message as the source received it. The host copies it. */
typedef struct aorta_record {
  uint32_t size;
  uint32_t operation;     /* AORTA_OPERATION_* */
  aorta_str body;         /* the message's bytes, any content */
  aorta_str content_type; /* "application/json", or absent */
  aorta_str token;        /* the source's name for this record in settle(): unique among its unsettled ones */
  aorta_str position;     /* where a person finds it: "data/vitals.ndjson:8812", "topic/3@81204" */
  aorta_str properties; /* application properties as a JSON object, or absent: {}. What the transport types as a time is
                           {"$type":"DateTime","value":"2026-11-22T06:00:00Z"}; plain text never counts as one here */
  aorta_str system_properties; /* system properties as a JSON object, or absent: {} */
  int64_t enqueued_ticks;      /* when the source's system took it in (aorta_time.ticks, UTC), 0: not known */
} aorta_record;

typedef struct aorta_batch aorta_batch; /* the host's, for one poll() */

/* records/1, used inside poll() */
#define AORTA_RECORDS_ID "records/1"
typedef struct aorta_records {
  uint32_t size;
  uint32_t reserved;
  /* [data] Hands over one record. */
  void (*add)(aorta_batch* batch, const aorta_record* record);
  /* [data] Hands over a record that the source itself found unusable (too long, unreadable): it goes to the dead
   * letters with this reason and is settled like any other. Give as much of the body as is reasonable. */
  void (*reject)(aorta_batch* batch, const aorta_record* record, aorta_str reason, aorta_str message);
} aorta_records;

/* source/1 */
#define AORTA_SOURCE_ID "source/1"
typedef struct aorta_source {
  uint32_t size;
  uint32_t reserved;
  /* [data] Adds up to max_records records (stopping once their bodies exceed max_bytes) and returns; waits at most
   * wait_ms for the first. The host polls only while it has credit. AORTA_OK: call again (also after 0 records);
   * AORTA_END: no more, for ever; AORTA_RETRY / AORTA_FATAL after fail(). */
  int32_t (*poll)(void* self, aorta_batch* batch, uint64_t max_records, uint64_t max_bytes, uint32_t wait_ms);
  /* [data] The record with this token has ended as AORTA_WRITTEN … AORTA_DEAD_LETTERED, on every branch. Called once
   * per record, in any order, on the thread that polls. */
  void (*settle)(void* self, aorta_str token, int32_t outcome);
} aorta_source;

/* progress/1, optional: how far a source with an end has come */
#define AORTA_PROGRESS_ID "progress/1"
typedef struct aorta_progress {
  uint32_t size;
  uint32_t reserved;
  /* [data] Bytes handed over and bytes in all; total 0: not known. */
  void (*progress)(void* self, uint64_t* done, uint64_t* total);
} aorta_progress;

/* kept/1, optional: for a source whose senders forget a message once they are told that it has arrived, and which
 * therefore cannot hand it over again. The host writes its records to a journal, where they stay until they have ended,
 * over restarts too. settle() is not called for it. */
#define AORTA_KEPT_ID "kept/1"
typedef struct aorta_kept {
  uint32_t size;
  uint32_t reserved;
  /* [data] After each poll() that handed over records, before the next one. AORTA_OK: all of them are durable; senders
   * may be told so. AORTA_RETRY: none of them was kept, there is no room or the disk fails; senders are to try again
   * later. */
  void (*kept)(void* self, int32_t code);
} aorta_kept;

/* receipts/1: what senders were told, kept with the records it speaks of, so that a message that is sent twice under
 * one key is answered the same and taken once. For sources with kept/1. */
#define AORTA_RECEIPTS_ID "receipts/1"
typedef struct aorta_receipts {
  uint32_t size;
  uint32_t reserved;
  /* [data] Inside poll(): the last `count` records that were handed over, some of them perhaps in earlier poll()s, came
   * under `key`, and `text` is to be remembered of them. */
  void (*remember)(aorta_batch* batch, aorta_str key, aorta_str text, uint64_t count);
  /* [any] Calls `give` with what was remembered under `key`; not at all where nothing is, or no longer: the host keeps
   * a bounded number of keys for a bounded time. */
  void (*recall)(const aorta_host* host, aorta_str key, void* context, void (*give)(void* context, aorta_str text));
} aorta_receipts;

#ifdef __cplusplus
}
#endif
#endif
