/*
 * Small helps for writing the providers' objects in their full shapes.
 */
#ifndef RUNG_FLOW_PRETEND_SHAPE_H
#define RUNG_FLOW_PRETEND_SHAPE_H

#include "flow/pretend.h"

/* Members that nobody set: null for each word, [] for each. */
void	shape_nulls(struct out *, const char *words);
void	shape_empties(struct out *, const char *words);

/* A time in whole seconds; null for 0. */
void	shape_seconds(struct out *, const char *name, int64_t us);

/* JSON of the seller's own, or what stands for none. */
void	shape_data(struct out *, const char *name, struct str json,
	    const char *none);

/* So many random bytes as lower-case hex behind a head: "evt_...". */
struct str shape_id(struct play *, const char *head);

/* The same id for the same words, always. */
struct str shape_id_of(struct play *, const char *head, struct str of);

#endif
