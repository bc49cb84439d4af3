/*
 * What the sandbox plays at the moment, and what shall go wrong from now on.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "sandbox.h"

enum { LISTED_MAX = 50 };

static const char *const	providers[] = {
	"stripe", "paddle", "lemonsqueezy",
};

/* ---- What is there ---- */

void
sandbox_write(struct out *o, const struct thing *t)
{
	out_open(o, '{');
	out_text(o, "id", t->ref);
	out_text(o, "status", t->status);
	out_text_or_null(o, "subscription", t->sub);
	out_text_or_null(o, "payment", t->payment);
	out_int(o, "amount", t->amount);
	out_text_or_null(o, "currency", t->currency);
	out_open_as(o, "items", '[');
	for (size_t i = 0; i < t->lines.count; i++) {
		out_open(o, '{');
		out_text(o, "price", t->lines.at[i].price);
		out_int(o, "quantity", t->lines.at[i].quantity);
		out_close(o, '}');
	}
	out_close(o, ']');
	out_raw(o, "data", t->data);
	out_time(o, "until", t->until);
	out_time(o, "created_at", t->created);
	out_time(o, "updated_at", t->updated);
	out_close(o, '}');
}

static enum rc
write_kind(struct play *p, struct out *o, const char *name,
    enum thing_kind kind, struct err *e)
{
	struct thing	*list;
	size_t		 count;

	TRY(thing_list(p, kind, STR_NONE, INT64_MAX, LISTED_MAX, &list,
	    &count, e));
	out_open_as(o, name, '[');
	for (size_t i = 0; i < count; i++)
		sandbox_write(o, &list[i]);
	out_close(o, ']');
	return RC_OK;
}

static enum rc
write_events(struct play *p, struct out *o, struct err *e)
{
	const struct event_range range = {
		.below = INT64_MAX, .newest_first = true,
		.max = 2 * LISTED_MAX,
	};
	struct sandbox_event	*list;
	size_t			 count;

	TRY(sandbox_events_list(p->f->db, p->f->seller, str_of(p->as->name),
	    &range, p->f->arena, &list, &count, e));
	out_open_as(o, "events", '[');
	for (size_t i = 0; i < count; i++) {
		out_open(o, '{');
		out_text(o, "id", list[i].id);
		out_text(o, "type", list[i].type);
		out_time(o, "at", list[i].at);
		out_int(o, "delivered", list[i].delivered);
		out_close(o, '}');
	}
	out_close(o, ']');
	return RC_OK;
}

static enum rc
write_provider(struct play *p, struct out *o, struct err *e)
{
	static const struct {
		const char	*name;
		enum thing_kind	 kind;
	} kinds[] = {
		{ "checkouts",	   THING_CHECKOUT },
		{ "subscriptions", THING_SUBSCRIPTION },
		{ "payments",	   THING_PAYMENT },
		{ "refunds",	   THING_REFUND },
		{ "disputes",	   THING_DISPUTE },
	};
	struct play_faults	f;
	struct thing		t;

	TRY(faults_read(p, &f, &t, e));
	out_open_as(o, p->as->name, '{');
	out_raw(o, "faults", t.text);
	for (size_t i = 0; i < COUNT(kinds); i++)
		TRY(write_kind(p, o, kinds[i].name, kinds[i].kind, e));
	TRY(write_events(p, o, e));
	out_close(o, '}');
	return RC_OK;
}

enum rc
sandbox_list(struct web *w, struct err *e)
{
	struct str	only = web_query(w, "provider"), json;
	struct play	p;
	struct out	o;

	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	for (size_t i = 0; i < COUNT(providers); i++) {
		if ((only.len > 0 && !str_eq(only, str_of(providers[i]))) ||
		    player_find(str_of(providers[i])) == NULL)
			continue;
		TRY(play_begin(&p, web_flow(w), str_of(providers[i]), e));
		TRY(write_provider(&p, &o, e));
	}
	out_close(&o, '}');
	TRY(out_take(&o, "the list", &json, e));
	return web_reply(w, 200, json);
}

/* ---- What shall go wrong ---- */

static enum rc
drop_refuse(struct err *e)
{
	return err_member(e, RC_INVALID_VALUE, "/drop", "Say how many of the"
	    " next: 5; or which of the next: [3, 17]; or of which types:"
	    " [\"invoice.paid\"].", "this says not what to drop");
}

/* A number: so many.  A list: places among the next, or types. */
static enum rc
take_drop(struct web *w, const struct node *drop, struct play_faults *f,
    struct err *e)
{
	struct buf	places, types;
	int64_t		n;

	if (node_kind(drop) == NODE_NONE)
		return RC_OK;
	if (node_kind(drop) == NODE_INT)
		return node_int(drop, "", &f->drop) && f->drop >= 0 ? RC_OK :
		    drop_refuse(e);
	if (node_kind(drop) != NODE_LIST)
		return drop_refuse(e);
	buf_init(&places, web_arena(w), BODY_BYTES_MAX);
	buf_init(&types, web_arena(w), BODY_BYTES_MAX);
	for (size_t i = 0; i < node_count(drop); i++) {
		const struct node *one = node_item(drop, i);

		if (node_kind(one) == NODE_INT && node_int(one, "", &n))
			buf_fmt(&places, " %lld ", (long long)n);
		else if (node_kind(one) == NODE_TEXT)
			buf_fmt(&types, " %.*s ",
			    STR_FMT(node_text(one, "")));
		else
			return drop_refuse(e);
	}
	f->drop_at = buf_str(&places);
	f->drop_types = buf_str(&types);
	return RC_OK;
}

static enum rc
take_faults(struct web *w, const struct node *body, struct play_faults *f,
    struct err *e)
{
	enum { NEXT_MOST = 100000, DELAY_MOST = 3600 };

	*f = (struct play_faults){ .delay = 0 };
	TRY(want_int(body, "delay", false, 0, DELAY_MOST, 0, &f->delay, e));
	TRY(want_int(body, "duplicate", false, 0, NEXT_MOST, 0,
	    &f->duplicate, e));
	TRY(want_int(body, "decline", false, 0, NEXT_MOST, 0, &f->decline,
	    e));
	TRY(want_int(body, "action", false, 0, NEXT_MOST, 0, &f->action, e));
	f->reorder = node_bool(body, "reorder");
	return take_drop(w, node_at(body, "drop"), f, e);
}

enum rc
sandbox_faults(struct web *w, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str			 only = STR_NONE;
	struct play_faults		 f, old;
	struct thing			 t;
	struct play			 p;

	TRY(doc_read(&doc, web_body(w), DOC_STRICT, e));
	TRY(want_text(doc_root(doc), "provider", false, 20, &only, e));
	TRY(take_faults(w, doc_root(doc), &f, e));
	for (size_t i = 0; i < COUNT(providers); i++) {
		if ((only.len > 0 && !str_eq(only, str_of(providers[i]))) ||
		    player_find(str_of(providers[i])) == NULL)
			continue;
		TRY(play_begin(&p, web_flow(w), str_of(providers[i]), e));
		TRY(faults_read(&p, &old, &t, e));
		TRY(faults_write(&p, &f, &t, e));
	}
	return web_reply(w, 200, web_body(w));
}
