/*
 * Building a struct event: what every provider's normalise does alike.  Texts
 * are checked and kept in the arena, so that the parsed body may go.
 */
#ifndef RUNG_PROVIDER_EVENT_H
#define RUNG_PROVIDER_EVENT_H

#include "provider/provider.h"

struct event_maker {
	struct event	*event;
	struct arena	*arena;
	struct str	 provider;	/* a literal: "stripe" */
};

/* Is this an id we can store: [A-Za-z0-9._:@-]{1,190}? */
bool	event_id_valid(struct str);

/* A name of an event type: printable ASCII without blanks, at most 100. */
bool	event_type_valid(struct str);

/*
 * Make it EVENT_UNREADABLE: no facts, and an id made of the body's digest, so
 * that a later delivery with the event's own id is still taken.
 */
void	event_unreadable(struct event *, const struct hook *,
	    const struct hook_rules *, struct arena *, const char *why);

/*
 * One more fact, about this object at the event's time; its account, mode
 * and time are the event's, so those are filled in first.  RC_INVALID_VALUE
 * when the reference is no id.  At most EVENT_FACTS_MAX: must().
 */
enum rc	event_fact(struct event_maker *, enum fact_kind, enum object_kind,
	    struct str ref, struct fact **out, struct err *);

/* A link from the fact's object to another; no id (or none of ours): none. */
void	event_link(struct event_maker *, struct fact *, enum object_kind,
	    struct str ref);

/*
 * Whose it is and for which session.  Texts that can be no user or session
 * are left out: they name nobody.
 */
void	event_names(struct event_maker *, struct fact *, struct str user,
	    struct str session, enum naming);

/* Names given by one fact, repeated on another. */
void	event_names_copy(struct fact *to, const struct fact *from);

#endif
