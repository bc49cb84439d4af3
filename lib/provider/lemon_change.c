/*
 * Changing a running subscription at Lemon Squeezy: its variant and its seats
 * are two calls, and they can take effect in the wrong order.  So the second
 * is not sent before the first can be seen.
 */
#include "base/guard.h"
#include "provider/lemon.h"
#include "provider/lemon_errand.h"

/* What was sent, and what the subscription then looked like. */
struct switching {
	bool		 switched, seated;	/* sent */
	bool		 looked;		/* the last answer was a look */
	bool		 gone;
	bool		 variant_right, seats_right;
	struct str	 item;			/* its id, "" when it has none */
};

/*
 * Usage has no seats, and an item that is not there yet cannot be told any.
 */
static bool
seats_right(const struct errand *x, const struct node *item)
{
	int64_t	seats = 1;

	if (node_bool(item, "is_usage_based"))
		return true;
	lemon_int(item, "quantity", &seats);
	return seats == x->quantity;
}

static void
look(const struct lemon_turn *t, const struct node *root,
    struct switching *c)
{
	const struct errand	*x = t->errand;
	const struct node	*sub = node_at(root, "data.attributes");
	const struct node	*item = node_at(sub,
				    "first_subscription_item");

	c->gone = str_eq(node_text(sub, "status"), STR("expired"));
	c->variant_right = str_eq(lemon_id(sub, "variant_id", t->arena),
	    x->price);
	c->seats_right = seats_right(x, item);
	c->item = lemon_id(item, "id", t->arena);
}

static enum rc
switch_ask(struct lemon_turn *t, struct err *e)
{
	struct str	id = t->errand->object.ref;
	int64_t		variant = 0;
	struct out	o;

	if (!str_int64(t->errand->price, &variant) || variant <= 0)
		return lemon_refuse(t, "the price in the matrix is not the "
		    "number of a Lemon Squeezy variant");
	lemon_call(t, "PATCH", "/v1/subscriptions/%.*s", STR_FMT(id));
	lemon_body(&o, t->arena, "subscriptions", id);
	out_int(&o, "variant_id", variant);
	out_bool(&o, "invoice_immediately", true);
	out_close(&o, '}');
	return lemon_send(t, &o, e);
}

static enum rc
seats_ask(struct lemon_turn *t, struct str item, struct err *e)
{
	struct out	o;

	if (item.len == 0)
		return lemon_refuse(t, "the subscription has no item yet "
		    "whose quantity could be changed");
	lemon_call(t, "PATCH", "/v1/subscription-items/%.*s", STR_FMT(item));
	lemon_body(&o, t->arena, "subscription-items", item);
	out_int(&o, "quantity", t->errand->quantity);
	out_bool(&o, "invoice_immediately", true);
	out_close(&o, '}');
	return lemon_send(t, &o, e);
}

/* What comes after these answers; the same each time they are gone over. */
enum next { NEXT_LOOK, NEXT_SWITCH, NEXT_SEATS, NEXT_DONE, NEXT_GONE };

static enum next
next(const struct switching *c)
{
	if (!c->looked)
		return NEXT_LOOK;
	if (c->gone)
		return NEXT_GONE;
	if (!c->variant_right)
		return c->switched ? NEXT_LOOK : NEXT_SWITCH;
	if (!c->seats_right)
		return c->seated ? NEXT_LOOK : NEXT_SEATS;
	return NEXT_DONE;
}

/* How the subscription last looked after a call is told, whatever follows. */
static enum rc
gone_over(struct lemon_turn *t, struct switching *c, bool *ended,
    struct err *e)
{
	*ended = false;
	for (size_t i = 0; i < t->answered && !*ended; i++) {
		GUARD(doc_free) struct doc	*doc = NULL;
		enum next			 was = next(c);

		TRY(lemon_answer(t, i, &doc, ended, e));
		c->looked = was == NEXT_LOOK;
		c->switched |= was == NEXT_SWITCH;
		c->seated |= was == NEXT_SEATS;
		if (*ended && !c->looked && t->result->end == ERRAND_DONE)
			*ended = false;		/* done, without a word */
		if (*ended || !c->looked)
			continue;
		look(t, doc_root(doc), c);
		if (!c->switched && !c->seated && next(c) != NEXT_DONE)
			continue;
		t->result->body_count = 0;
		TRY(lemon_tell(t, node_at(doc_root(doc), "data"), e));
	}
	return RC_OK;
}

enum rc
lemon_do_change(struct lemon_turn *t, struct err *e)
{
	struct switching	c = { .looked = false };
	bool		ended;

	TRY(gone_over(t, &c, &ended, e));
	if (ended)
		return RC_OK;
	if (next(&c) == NEXT_DONE)
		return lemon_over(t, ERRAND_DONE);
	if (next(&c) == NEXT_GONE)
		return lemon_over(t, ERRAND_GONE);
	if (t->answered >= ERRAND_CALLS_MAX)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "Lemon Squeezy does not show the change yet");
	if (next(&c) == NEXT_SWITCH)
		return switch_ask(t, e);
	if (next(&c) == NEXT_SEATS)
		return seats_ask(t, c.item, e);
	lemon_call(t, "GET", "/v1/subscriptions/%.*s",
	    STR_FMT(t->errand->object.ref));
	return RC_OK;
}
