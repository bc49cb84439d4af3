/*
 * rung session: upgrades that were started.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/upgrade.h"
#include "store/session_store.h"
#include "wire/answers.h"

enum { LIST_USUAL = 50, LIST_MAX = 10000 };

/* The status that was asked for; SESSION__COUNT for all. */
static bool
read_status(const char *text, enum session_state *out)
{
	*out = SESSION__COUNT;
	if (text == NULL)
		return true;
	for (enum session_state i = 0; i < SESSION__COUNT; i++)
		if (str_eq(str_of(text), str_of(session_state_names[i])))
			*out = i;
	return *out != SESSION__COUNT;
}

static struct str
target_of(const struct session *s)
{
	if (s->terms.tier.len > 0 || s->terms.addon_count == 0)
		return s->terms.tier;
	return s->terms.addons[0];
}

static void
list_text(struct arena *a, const struct session *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CTL_ROW({ list[i].id, 35 },
		    { str_of(session_state_names[list[i].state]), 9 },
		    { str_of(payment_state_names[list[i].payment]), 8 },
		    { text_time(a, list[i].created_at), 24 },
		    { target_of(&list[i]), 12 },
		    { list[i].terms.user, 0 });
}

static enum finish
list_json(struct ctl *c, const struct session *list, size_t count)
{
	struct out	o;

	out_init(&o, c->arena, ARENA_BYTES_MAX / 8);
	out_open(&o, '{');
	out_open_as(&o, "data", '[');
	for (size_t i = 0; i < count; i++)
		session_write(&o, NULL, &list[i]);
	out_close(&o, ']');
	out_close(&o, '}');
	return ctl_json(&o);
}

enum finish
sessions_list(struct ctl *c)
{
	const char		*limit = ctl_option(c, "limit");
	struct session		*list;
	struct err		 e;
	enum session_state	 state;
	int64_t			 most = LIST_USUAL;
	size_t			 count;

	if (!read_status(ctl_option(c, "status"), &state)) {
		fprintf(stderr, "rung: there is no such status\n");
		return USAGE;
	}
	if (limit != NULL && (!str_int64(str_of(limit), &most) ||
	    most < 1 || most > LIST_MAX)) {
		fprintf(stderr, "rung: --limit is from 1 to %d\n", LIST_MAX);
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (session_list(c->flow.db, c->flow.seller,
	    str_of(ctl_option(c, "user")), state, (size_t)most, c->arena,
	    &list, &count, &e) != RC_OK)
		return ctl_failed(&e);
	if (c->json)
		return list_json(c, list, count);
	list_text(c->arena, list, count);
	return DONE;
}

static void
put_time(struct arena *a, const char *label, int64_t at)
{
	if (at != 0)
		CTL_ROW({ str_of(label), 10 }, { text_time(a, at), 0 });
}

static void
put_text(const char *label, struct str text)
{
	if (text.len > 0)
		CTL_ROW({ str_of(label), 10 }, { text, 0 });
}

static void
put_session(struct arena *a, const struct session *s)
{
	put_text("session", s->id);
	put_text("user", s->terms.user);
	put_text("from", s->from_tier);
	put_text("to", s->terms.tier);
	for (size_t i = 0; i < s->terms.addon_count; i++)
		put_text("add-on", s->terms.addons[i]);
	put_text("quantity", arena_text(a, "%lld",
	    (long long)s->terms.quantity));
	put_text("status", str_of(session_state_names[s->state]));
	put_text("payment", str_of(payment_state_names[s->payment]));
	put_text("reason", str_of(session_reason_names[s->reason]));
	put_text("provider", s->provider);
	put_text("price", s->price);
	put_text("version", arena_text(a, "%lld", (long long)s->version));
	put_time(a, "created", s->created_at);
	put_time(a, "expires", s->expires_at);
	put_time(a, "ended", s->ended_at);
}

enum finish
sessions_show(struct ctl *c)
{
	struct session	session;
	struct out	o;
	struct err	e;
	bool		found = false;

	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (session_read(c->flow.db, c->flow.seller, c->operand[0], c->arena,
	    &session, &found, &e) != RC_OK)
		return ctl_failed(&e);
	if (!found) {
		fprintf(stderr, "rung: there is no session %.*s\n",
		    STR_FMT(c->operand[0]));
		return FAILED;
	}
	if (!c->json) {
		put_session(c->arena, &session);
		return DONE;
	}
	out_init(&o, c->arena, REPLY_BYTES_MAX);
	session_write(&o, NULL, &session);
	return ctl_json(&o);
}

enum finish
sessions_cancel(struct ctl *c)
{
	struct err	e;

	if (!ctl_open(c, WRITE_DEADLINE_S))
		return FAILED;
	if (flow_upgrade_end(&c->flow, c->operand[0], &e) != RC_OK)
		return ctl_failed(&e);
	return DONE;
}
