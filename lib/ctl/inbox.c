/*
 * rung inbox and rung listen: what providers told us, and what became of it.
 */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/intake.h"
#include "store/inbox.h"

enum {
	LIST_USUAL = 50, LIST_MAX = 10000, REPLAY_MAX = 1000,
	LISTEN_MS = 300, LISTEN_MOST = 2000,
	/* A delivery may be seen later than one that came after it. */
	OVERLAP_S = 10,
};

static bool
read_state(const char *text, enum inbox_state *out)
{
	*out = INBOX__COUNT;
	if (text == NULL)
		return true;
	for (enum inbox_state i = 0; i < INBOX__COUNT; i++)
		if (str_eq(str_of(text), str_of(inbox_state_names[i])))
			*out = i;
	if (*out == INBOX__COUNT)
		fprintf(stderr, "rung: --state is applied, ignored, deferred "
		    "or quarantined\n");
	return *out != INBOX__COUNT;
}

static void
print_row(struct arena *a, const struct delivery *d)
{
	const struct column	columns[] = {
		{ text_time(a, d->first_seen), 24 }, { d->provider, 12 },
		{ d->type, 34 },
		{ str_of(inbox_state_names[d->state]), 11 },
		{ d->user.len > 0 ? d->user : STR("-"), 16 },
		{ d->event_id, 30 }, { d->why, 0 },
	};

	ctl_row(columns, COUNT(columns) - (d->why.len == 0));
}

static void
write_row(struct out *o, const struct delivery *d)
{
	out_open(o, '{');
	out_text(o, "provider", d->provider);
	out_text(o, "account", d->account);
	out_text(o, "event_id", d->event_id);
	out_text(o, "type", d->type);
	out_name(o, "state", inbox_state_names[d->state]);
	out_text(o, "why", d->why);
	out_text_or_null(o, "user", d->user);
	out_text(o, "kind", d->kind);
	out_text(o, "ref", d->ref);
	out_bool(o, "livemode", d->livemode);
	out_time(o, "happened_at", d->happened_at);
	out_time(o, "first_seen", d->first_seen);
	out_close(o, '}');
}

enum finish
inbox_list_run(struct ctl *c)
{
	struct inbox_query	 q = {
		.provider = str_of(ctl_option(c, "provider")),
		.user = str_of(ctl_option(c, "user")),
	};
	const char		*limit = ctl_option(c, "limit");
	struct delivery		*rows;
	int64_t			 most = LIST_USUAL;
	struct out		 o;
	struct err		 e;
	size_t			 count;

	if (!read_state(ctl_option(c, "state"), &q.state))
		return USAGE;
	if (limit != NULL && (!str_int64(str_of(limit), &most) ||
	    most < 1 || most > LIST_MAX)) {
		fprintf(stderr, "rung: --limit is from 1 to %d\n", LIST_MAX);
		return USAGE;
	}
	q.most = most;
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (inbox_list(c->flow.db, c->flow.seller, &q, c->arena, &rows,
	    &count, &e) != RC_OK)
		return ctl_failed(&e);
	if (!c->json) {
		for (size_t i = 0; i < count; i++)
			print_row(c->arena, &rows[i]);
		return count > 0 ? DONE : NOTHING;
	}
	out_init(&o, c->arena, ARENA_BYTES_MAX / 8);
	out_open(&o, '{');
	out_open_as(&o, "data", '[');
	for (size_t i = 0; i < count; i++)
		write_row(&o, &rows[i]);
	out_close(&o, ']');
	out_close(&o, '}');
	return ctl_json(&o);
}

/* The delivery as it came; the rest on standard error, so that > keeps it. */
enum finish
inbox_show_run(struct ctl *c)
{
	struct delivery	key = {
		.provider = c->operand[0], .event_id = c->operand[1],
		.account = str_of(ctl_option(c, "account")),
	}, d;
	struct err	e;
	bool		found = false;

	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (inbox_read(c->flow.db, c->flow.seller, &key, c->arena, &d, &found,
	    &e) != RC_OK)
		return ctl_failed(&e);
	if (!found) {
		fprintf(stderr, "rung: no such delivery is here\n"
		    "      `rung inbox list` has them.\n");
		return FAILED;
	}
	fprintf(stderr, "%.*s, received %.*s: %s%s%.*s\n", STR_FMT(d.type),
	    STR_FMT(text_time(c->arena, d.first_seen)),
	    inbox_state_names[d.state], d.why.len > 0 ? ", " : "",
	    STR_FMT(d.why));
	ctl_line(d.body);
	return DONE;
}

/* One of them again; what became of it is the line that is printed. */
static enum rc
again(struct ctl *c, const struct delivery *key, struct err *e)
{
	struct flow		*f = &c->flow;
	struct delivery		 d;
	struct intake_answer	 answer;
	bool			 found = false;

	flow_begin(f, c->app, f->arena, WEBHOOK_DEADLINE_S);
	f->actor = STR("operator");
	TRY(inbox_read(f->db, f->seller, key, f->arena, &d, &found, e));
	if (!found)
		return err_set(e, RC_MISSING, "`rung inbox list` has them.",
		    "no such delivery is here");
	TRY(flow_take_again(f, &d, &answer, e));
	TRY(inbox_read(f->db, f->seller, &d, f->arena, &d, &found, e));
	print_row(c->arena, &d);
	return RC_OK;
}

/* All that wait in one state; each anew, so that one cannot stop the rest. */
static enum finish
again_all(struct ctl *c, struct inbox_query *q)
{
	struct delivery	*rows;
	size_t		 count;
	struct err	 e;
	enum finish	 rc = NOTHING;

	if (inbox_list(c->flow.db, c->flow.seller, q, c->arena, &rows, &count,
	    &e) != RC_OK)
		return ctl_failed(&e);
	for (size_t i = count; i-- > 0; )
		if (again(c, &rows[i], &e) != RC_OK)
			rc = ctl_failed(&e);
		else if (rc == NOTHING)
			rc = DONE;
	return rc;
}

enum finish
inbox_replay_run(struct ctl *c)
{
	const char		*state = ctl_option(c, "state");
	struct inbox_query	 q = { .most = REPLAY_MAX };
	struct delivery		 key = {
		.provider = c->operand[0], .event_id = c->operand[1],
		.account = str_of(ctl_option(c, "account")),
	};
	struct err		 e;

	if (c->operand_count == 1 || (c->operand_count == 0) ==
	    (state == NULL)) {
		fprintf(stderr, "rung: say PROVIDER and EVENT, or --state\n");
		return USAGE;
	}
	if (!read_state(state, &q.state))
		return USAGE;
	if (!ctl_open(c, WEBHOOK_DEADLINE_S))
		return FAILED;
	if (state != NULL)
		return again_all(c, &q);
	return again(c, &key, &e) == RC_OK ? DONE : ctl_failed(&e);
}

/*
 * One look at what came of late, in memory of its own: how long we listen has
 * no say in how much of it we need.
 */
struct look {
	struct arena	*arena;
	struct delivery	*rows;
	size_t		 count;
};

static void
looks_free(struct look (*looks)[2])
{
	arena_free(&(*looks)[0].arena);
	arena_free(&(*looks)[1].arena);
}

static enum rc
look(struct ctl *c, const struct inbox_query *q, struct look *l,
    struct err *e)
{
	arena_reset(l->arena);
	l->count = 0;
	flow_begin(&c->flow, c->app, l->arena, READ_DEADLINE_S);
	return inbox_list(c->flow.db, c->flow.seller, q, l->arena, &l->rows,
	    &l->count, e);
}

/* Rows do not move in time, so that is compared first. */
static bool
was_there(const struct look *before, const struct delivery *d)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct delivery *b = &before->rows[i];

		if (b->first_seen == d->first_seen &&
		    str_eq(b->event_id, d->event_id) &&
		    str_eq(b->account, d->account) &&
		    str_eq(b->provider, d->provider))
			return true;
	}
	return false;
}

/* What the look before did not see; each look begins later, or at the same. */
static enum finish
print_news(const struct ctl *c, const struct look *l,
    const struct look *before)
{
	struct out	o;

	for (size_t i = l->count; i-- > 0; ) {
		if (was_there(before, &l->rows[i]))
			continue;
		if (!c->json) {
			print_row(l->arena, &l->rows[i]);
			continue;
		}
		out_init(&o, l->arena, REPLY_BYTES_MAX);
		write_row(&o, &l->rows[i]);
		if (ctl_json(&o) != DONE)
			return FAILED;
	}
	fflush(stdout);
	return ferror(stdout) ? FAILED : DONE;
}

static enum finish
listen_until(struct ctl *c, struct inbox_query *q, int64_t until)
{
	const struct timespec	 rest = {
		.tv_nsec = LISTEN_MS * 1000000L
	};
	GUARD(looks_free) struct look looks[2] = {
		{ .arena = arena_new("listen", ARENA_BYTES_MAX) },
		{ .arena = arena_new("listen", ARENA_BYTES_MAX) },
	};
	struct err		 e;

	must(looks[0].arena != NULL && looks[1].arena != NULL);
	q->since = c->flow.now;
	for (size_t i = 0; clock_steady() < until; i = 1 - i) {
		if (look(c, q, &looks[i], &e) != RC_OK)
			return ctl_failed(&e);
		if (print_news(c, &looks[i], &looks[1 - i]) != DONE)
			return FAILED;
		if (c->flow.now - OVERLAP_S * SECOND > q->since)
			q->since = c->flow.now - OVERLAP_S * SECOND;
		nanosleep(&rest, NULL);
	}
	return DONE;
}

/* Until it is stopped, or for as many seconds as asked. */
enum finish
listen_run(struct ctl *c)
{
	const char		*given = ctl_option(c, "seconds");
	struct inbox_query	 q = {
		.provider = str_of(ctl_option(c, "provider")),
		.state = INBOX__COUNT, .most = LISTEN_MOST,
	};
	int64_t			 seconds = INT32_MAX;

	if (given != NULL && (!str_int64(str_of(given), &seconds) ||
	    seconds < 1)) {
		fprintf(stderr, "rung: --seconds is a number from 1 on\n");
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	fprintf(stderr, "listening; stop with Ctrl-C\n");
	return listen_until(c, &q, clock_steady() + seconds * SECOND);
}
