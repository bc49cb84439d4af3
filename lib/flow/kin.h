/*
 * The objects that a delivery or a start speaks of, with those they are
 * linked to: locked, read, merged, and given their owner.
 */
#ifndef RUNG_FLOW_KIN_H
#define RUNG_FLOW_KIN_H

#include "flow/app.h"
#include "store/object_store.h"

enum { KIN_MAX = 64 };		/* objects of one purchase at once */

struct kin {
	struct flow		*flow;
	struct object_row	 rows[KIN_MAX];
	size_t			 count;
	struct str		 first_event;	/* of objects that are new */
};

/*
 * Lock and load the objects of these facts, and what those are linked to as
 * far as it has no owner.  In the order of keys.
 */
enum rc	kin_facts(struct kin *, struct flow *, const struct fact *,
	    size_t count, struct str event, struct err *);

/* Merge the facts, and for each link the way back. */
enum rc	kin_merge(struct kin *, const struct fact *, size_t count,
	    struct err *);

/* The row of that key, or NULL. */
struct object_row *kin_row(struct kin *, const struct object_key *);

/*
 * Whose are they?  *owner is "" when nobody's yet; *why says why not, when
 * an operator should know.  Rules: an owner is for ever; what a provider
 * signed beats what the seller claimed; two claims and nothing signed leave
 * it open.
 */
enum rc	kin_owner(struct kin *, struct str *owner, struct str *why,
	    struct err *);

/*
 * Give the objects without an owner to that user, and with them the
 * deliveries that waited for one.
 */
enum rc	kin_give(struct kin *, struct str owner, struct err *);

/*
 * Why a delivery about these objects, which nobody owns, must wait: money is
 * in, or it went back or is disputed, and so it was.  "" when no money moved:
 * nothing is missing then, whoever they will be.
 */
struct str kin_waits(const struct kin *);

/* Write what moved. */
enum rc	kin_save(struct kin *, struct err *);

#endif
