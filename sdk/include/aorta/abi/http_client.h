/* http-client/1: requests to HTTP servers. TLS 1.2 or newer with the system's certificates, verified; HTTP/2 where the
 * server offers it; gzip and deflate unpacked; connections kept for the next request; the proxy of the environment, but
 * not for this machine, and not in a process of its own. Redirects are answers like others: nothing follows them. Not
 * for template types. */
#ifndef AORTA_ABI_HTTP_CLIENT_H
#define AORTA_ABI_HTTP_CLIENT_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AORTA_HTTP_MAX_TIMEOUT_MS 600000
#define AORTA_HTTP_MAX_ANSWER_BYTES 1073741824

typedef struct aorta_http_call {
  uint32_t size;
  uint32_t timeout_ms;      /* until the whole answer is there; 0: 30 000 */
  aorta_str method;         /* "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" */
  aorta_str url;            /* absolute, http or https, without user and fragment; percent-encoded */
  const aorta_pair* fields; /* of the head, Authorization among them; no line breaks */
  uint64_t field_count;
  aorta_str body;            /* any bytes; absent: none */
  uint64_t max_answer_bytes; /* of the answer's body, unpacked; 0: 16 MiB */
} aorta_http_call;

typedef struct aorta_http_reply {
  uint32_t size;
  uint32_t status;          /* of any kind: 404 and 503 are answers */
  const aorta_pair* fields; /* of the head, names in lower case */
  uint64_t field_count;
  aorta_str body; /* any bytes */
} aorta_http_reply;

#define AORTA_HTTP_CLIENT_ID "http-client/1"
typedef struct aorta_http_client {
  uint32_t size;
  uint32_t reserved;
  /* [any] Sends once, waits, and calls `give` with the answer, which lives for the call. AORTA_REJECT,
   * "http/bad-request": method, address or fields cannot be sent, nothing was. AORTA_RETRY: "http/unreachable", nothing
   * was sent; "http/no-answer" and "http/answer-too-large", nobody knows whether the server acted. AORTA_CANCELLED
   * (without fail) soon after the instance is to come to an end. */
  int32_t (*send
  )(const aorta_host* host, const aorta_http_call* call, void* context,
    void (*give)(void* context, const aorta_http_reply* reply));
} aorta_http_client;

#ifdef __cplusplus
}
#endif
#endif
