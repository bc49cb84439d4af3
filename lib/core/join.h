/*
 * The joins that object_merge is made of; of no use elsewhere.  Each takes
 * what one kind of fact says into the object and tells whether that moved.
 */
#ifndef RUNG_CORE_JOIN_H
#define RUNG_CORE_JOIN_H

#include "core/object.h"

/* When the fact was so; never 0, for 0 means unknown. */
int64_t	join_time(const struct fact *);

bool	join_paid(struct object *, const struct fact *, struct arena *);
bool	join_step(struct object *, const struct fact *);
bool	join_closed(struct object *, const struct fact *);
bool	join_items(struct object *, const struct fact *, struct arena *);
bool	join_period(struct object *, const struct fact *);
bool	join_state(struct object *, const struct fact *, struct arena *);
bool	join_end(struct object *, int64_t at);
bool	join_refund(struct object *, const struct fact *, struct arena *);
bool	join_refunded(struct object *, const struct fact *);
bool	join_dispute(struct object *, const struct fact *, struct arena *);

#endif
