/*
 * Stripe's lists: events, invoices, charges, refunds, disputes, payments of
 * invoices; and single ones of these.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "flow/pretend_stripe.h"
#include "sandbox.h"

#define API		"/sandbox/stripe/v1/"

static web_handler	events, event;

const struct route stripe_list_routes[] = {
	API_ROW("GET", API "events", events),
	API_ROW("GET", API "events/{id}", event),
	{ .method = NULL }
};

enum {
	EVENTS_USUAL	= 10,
	EVENTS_MOST	= 100,
	EVENTS_A_LOOK	= 100,
	TYPES_MOST	= 20,
};

static bool
type_wanted(const struct form *f, struct str type)
{
	size_t	asked = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (!form_like(f->pair[i].name, "types[#]") &&
		    !str_eq(f->pair[i].name, STR("type")))
			continue;
		asked++;
		if (str_eq(f->pair[i].value, type))
			return true;
	}
	return asked == 0;
}

static enum rc
types_check(const struct form *f, struct err *e)
{
	size_t	count = 0;

	for (size_t i = 0; i < f->count; i++)
		count += form_like(f->pair[i].name, "types[#]");
	if (count > TYPES_MOST)
		return as_stripe_refuse(e, "types",
		    "You may only specify up to 20 types.");
	return RC_OK;
}

static enum rc
range_take(struct stripe_call *c, struct event_range *r, size_t *limit,
    struct err *e)
{
	struct str		after = form_text(&c->form, "starting_after");
	struct sandbox_event	ev;
	int64_t			n = EVENTS_USUAL, at = 0;
	bool			found = true;

	*r = (struct event_range){
		.below = INT64_MAX, .newest_first = true,
		.max = EVENTS_A_LOOK,
	};
	if (form_has(&c->form, "limit") && (!form_int(&c->form, "limit",
	    &n) || n < 1 || n > EVENTS_MOST))
		return as_stripe_refuse(e, "limit", "Invalid limit: 1 to 100");
	*limit = (size_t)n;
	if (form_has(&c->form, "created[gte]") ||
	    form_has(&c->form, "created[gt]")) {
		if (!form_int(&c->form, "created[gte]", &at) &&
		    (!form_int(&c->form, "created[gt]", &at) || at++ < 0))
			return as_stripe_refuse(e, "created",
			    "Invalid timestamp");
		r->since = at * SECOND;
	}
	if (after.len == 0)
		return RC_OK;
	TRY(sandbox_event_get(c->play.f->db, c->play.f->seller,
	    STR("stripe"), after, web_arena(c->w), &ev, &found, e));
	r->below = ev.seq;
	return found ? RC_OK : as_stripe_missing(e, "event", after);
}

/* As many as fit: an answer of ours has a ceiling, and has_more says so. */
static enum rc
write_events(struct stripe_call *c, struct event_range *r, size_t limit,
    struct out *o, bool *more, struct err *e)
{
	struct sandbox_event	*list;
	size_t			 count, written = 0, bytes = 0;

	*more = false;
	do {
		TRY(sandbox_events_list(c->play.f->db, c->play.f->seller,
		    STR("stripe"), r, web_arena(c->w), &list, &count, e));
		for (size_t i = 0; i < count; i++) {
			r->below = list[i].seq;
			if (!type_wanted(&c->form, list[i].type))
				continue;
			bytes += list[i].body.len;
			*more = written == limit ||
			    (written > 0 && bytes > REPLY_BYTES_MAX / 2);
			if (*more)
				return RC_OK;
			out_item_raw(o, list[i].body);
			written++;
		}
	} while (count == r->max);
	return RC_OK;
}

static enum rc
events(struct web *w, struct err *e)
{
	static const char *const	parameters[] = {
		"created[gte]", "created[gt]", "created[lte]", "created[lt]",
		"type", "types[#]", "limit", "starting_after",
		"ending_before", "delivery_success", "expand[#]", NULL
	};
	struct stripe_call		 c;
	struct event_range		 range;
	struct str			 json;
	struct out			 o;
	size_t				 limit = 0;
	bool				 more;

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(types_check(&c.form, e));
	TRY(range_take(&c, &range, &limit, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	stripe_open_list(&o, NULL);
	TRY(write_events(&c, &range, limit, &o, &more, e));
	stripe_close_list(&o, 0, more, "/v1/events");
	TRY(out_take(&o, "events", &json, e));
	return web_reply(w, 200, json);
}

static enum rc
event(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "expand[#]", NULL };
	struct stripe_call		 c;
	struct sandbox_event		 ev;
	bool				 found;

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(sandbox_event_get(c.play.f->db, c.play.f->seller, STR("stripe"),
	    web_arg(w, "id"), web_arena(w), &ev, &found, e));
	if (!found)
		return as_stripe_missing(e, "event", web_arg(w, "id"));
	return web_reply(w, 200, ev.body);
}
