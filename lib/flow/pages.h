/*
 * The JSON of a session's answers, put together.  Secrets (the session token
 * and the checkout's key) are made when an answer goes out and are in no
 * stored text: the stored one has a gap where they go.
 */
#ifndef RUNG_FLOW_PAGES_H
#define RUNG_FLOW_PAGES_H

#include "core/diff.h"
#include "core/session.h"
#include "flow/app.h"

/* The "delta" of a plan. */
enum rc	pages_delta(struct arena *, const struct plan *, struct str *json,
	    struct err *);

/* {"session":...<gap>,"entitlements":...,"optimistic":...|null} */
enum rc	pages_session(struct arena *, const struct session *,
	    struct str entitlements, struct str optimistic, struct str *json,
	    int64_t *gap, struct err *);

/* The session alone, for the member of a problem. */
enum rc	pages_open(struct arena *, const struct session *, struct str *json,
	    struct err *);

/* Put checkout and token into the gap: the answer of a start. */
enum rc	pages_fill(struct flow *, const struct session *, struct str stored,
	    int64_t gap, struct str *json, struct err *);

/* Put checkout alone into the gap: what a show answers. */
enum rc	pages_fill_shown(struct flow *, const struct session *,
	    struct str stored, int64_t gap, struct str *json, struct err *);

#endif
