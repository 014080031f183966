/* Paths of the host's HTTP listener, for sources that are sent to. Host interface "http-routes/1". */
#ifndef AORTA_ABI_HTTP_H
#define AORTA_ABI_HTTP_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aorta_http_exchange aorta_http_exchange; /* the host's: a request until it is answered */

/* A request, read whole within the route's limits; gzip and deflate are unpacked. */
typedef struct aorta_http_request {
  uint32_t size;
  uint32_t reserved;
  aorta_str method;         /* "POST" */
  aorta_str path;           /* the route's */
  aorta_str query;          /* behind the "?", as it was sent */
  aorta_str body;           /* any bytes */
  const aorta_pair* fields; /* of its head, names in lower case */
  uint64_t field_count;
} aorta_http_request;

typedef struct aorta_http_answer {
  uint32_t size;
  uint32_t status;        /* 202 */
  aorta_str content_type; /* of the body */
  aorta_str body;
  uint32_t retry_after_s; /* 0: no Retry-After */
  uint32_t reserved;
} aorta_http_answer;

/* What the host serves for a plugin. TLS, client certificates, and how many connections there may be are the
 * listener's, and the operator's to configure. */
typedef struct aorta_http_route {
  uint32_t size;
  uint32_t reserved;
  aorta_str path;              /* "/messages": exactly this one */
  aorta_str bearer_token;      /* who does not send it is refused by the host; absent: anybody may ask */
  uint64_t max_body_bytes;     /* as it is sent; a longer one is refused by the host */
  uint64_t max_unpacked_bytes; /* of a compressed one */
  void* self;
  /* [any] On a thread of the host's, one request at a time: it must not wait. Every exchange is answered once, now or
   * later. The request lives for the call. */
  void (*ask)(void* self, aorta_http_exchange* exchange, const aorta_http_request* request);
} aorta_http_route;

#define AORTA_HTTP_ROUTES_ID "http-routes/1"
typedef struct aorta_http_routes {
  uint32_t size;
  uint32_t reserved;
  /* [main] In start(): requests for this path come to the plugin from now on. AORTA_REJECT after fail() where the path
   * is taken or the pipeline has no listener. */
  int32_t (*open)(const aorta_host* host, const aorta_http_route* route);
  /* [main] No ask() of this path is under way or comes when it has returned: hold no lock that ask() waits for. What is
   * unanswered may still be answered. */
  void (*close)(const aorta_host* host, aorta_str path);
  /* [any] Answers, and ends the exchange. Those that a plugin leaves unanswered when it is destroyed are answered with
   * 503. */
  void (*answer)(const aorta_host* host, aorta_http_exchange* exchange, const aorta_http_answer* answer);
} aorta_http_routes;

#ifdef __cplusplus
}
#endif
#endif
