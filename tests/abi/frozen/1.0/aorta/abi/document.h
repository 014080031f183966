/* document/1: a message (or a mapping file), parsed once by the host, read by everyone through these functions.
 *
 * A message's root is the envelope { "Body": …, "Properties": {…}, "SystemProperties": {…} }. Nodes are immutable and
 * live as long as their document: for the innermost call that was given the document. What the functions allocate
 * belongs to the document. */
#ifndef AORTA_ABI_DOCUMENT_H
#define AORTA_ABI_DOCUMENT_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aorta_document aorta_document;
typedef struct aorta_node aorta_node;

/* Kinds of nodes. New kinds may come: treat an unknown one as a value without text. */
#define AORTA_KIND_NULL 0
#define AORTA_KIND_UNDEFINED 1 /* a missing array element, or the literal undefined */
#define AORTA_KIND_BOOLEAN 2
#define AORTA_KIND_INTEGER 3     /* fits 64 bits */
#define AORTA_KIND_BIG_INTEGER 4 /* an integer beyond 64 bits */
#define AORTA_KIND_FLOAT 5       /* written with a point or an exponent */
#define AORTA_KIND_STRING 6
#define AORTA_KIND_DATE 7 /* a string in Body that is an ISO date-time */
#define AORTA_KIND_ARRAY 8
#define AORTA_KIND_OBJECT 9
#define AORTA_KIND_PROPERTY 10 /* a name with its value, as JSONPath filters see the children of an object */
#define AORTA_KIND_CONSTRUCTOR 11

/* Walks the children of a container; start with {0, 0}. Frozen. */
typedef struct aorta_cursor {
  uint64_t a;
  uint64_t b;
} aorta_cursor;

#define AORTA_DOCUMENT_ID "document/1"
typedef struct aorta_document_api {
  uint32_t size;
  uint32_t reserved;
  /* [any] The outermost node. Never NULL. */
  const aorta_node* (*root)(const aorta_document* document);
  /* [any] AORTA_KIND_*. */
  int32_t (*kind)(const aorta_node* node);
  /* [any] Children of an array or object, 0 for anything else. */
  uint64_t (*count)(const aorta_node* node);
  /* [any] The member with exactly this name, or NULL (also on anything but an object). */
  const aorta_node* (*member)(const aorta_node* node, aorta_str name);
  /* [any] The next child, 1; none left, 0. `name` is absent for array elements; either out parameter may be NULL. */
  int32_t (*next)(const aorta_node* node, aorta_cursor* cursor, aorta_str* name, const aorta_node** child);
  /* [any] A string's content; a number's, date's or literal's source text ("72.50"); absent for containers. */
  aorta_str (*text)(const aorta_node* node);
  /* [any] 1 and the value if the node is AORTA_KIND_INTEGER / any number / AORTA_KIND_BOOLEAN; else 0. */
  int32_t (*integer)(const aorta_node* node, int64_t* value);
  int32_t (*number)(const aorta_node* node, double* value);
  int32_t (*boolean)(const aorta_node* node, int32_t* value);
  /* [data] The node as the text a measurement carries (docs/reference/conversion.md): 72.50 -> "72.5", true -> "True".
   * AORTA_OK with an absent text for null; AORTA_REJECT (without fail) where the kind has no text. */
  int32_t (*to_text)(aorta_document* document, const aorta_node* node, aorta_str* text);
  /* [data] The node as a time: a date as it is, a string by the date grammar. AORTA_REJECT (without fail) otherwise. */
  int32_t (*to_time)(aorta_document* document, const aorta_node* node, aorta_time* time);
  /* [data] A view of object `node` with the member `name` set to `value` (added last, or in place of one of that name).
   * Nothing is copied: the cost is the number of members of `node` itself. NULL if `node` is no object. */
  const aorta_node* (*with_member
  )(aorta_document* document, const aorta_node* node, aorta_str name, const aorta_node* value);
} aorta_document_api;

#ifdef __cplusplus
}
#endif
#endif
