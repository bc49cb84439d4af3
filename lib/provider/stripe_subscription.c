/*
 * Stripe's subscriptions and their invoices, in both shapes: up to acacia the
 * period stands on the subscription and the invoice names it directly; since
 * basil the items carry the period and the invoice has a parent.
 */
#include "provider/stripe.h"

static const struct {
	const char	*status;
	enum sub_state	 state;
} statuses[] = {
	{ "incomplete",		SUB_INCOMPLETE },
	{ "incomplete_expired",	SUB_CANCELED },
	{ "trialing",		SUB_TRIALING },
	{ "active",		SUB_ACTIVE },
	{ "past_due",		SUB_PAST_DUE },
	{ "unpaid",		SUB_UNPAID },
	{ "paused",		SUB_PAUSED },
	{ "canceled",		SUB_CANCELED },
};

/* SUB_NONE for a word that Stripe made up after us. */
static enum sub_state
status_read(struct str status)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (str_eq(status, str_of(statuses[i].status)))
			return statuses[i].state;
	return SUB_NONE;
}

/* A metered price has no quantity and counts once; none of one buys nothing. */
static enum rc
item_read(struct stripe_event *s, const struct node *from, struct fact *f,
    struct err *e)
{
	struct str	price = node_id(from, "price");
	int64_t		quantity = 1;

	if (node_int(from, "quantity", &quantity) && quantity == 0)
		return RC_OK;
	if (price.len == 0)
		price = node_id(from, "plan");
	if (!event_id_valid(price) || quantity < 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "an item of the subscription has no price we can read");
	f->items[f->item_count++] = (struct item){
		.price = arena_keep(s->make.arena, price),
		.quantity = quantity < QUANTITY_MAX ? quantity : QUANTITY_MAX,
	};
	return RC_OK;
}

/* All of them or none: from a part of the list a tier would be guessed. */
static enum rc
items_read(struct stripe_event *s, struct fact *f, struct err *e)
{
	const struct node	*list = node_at(s->object, "items.data");
	size_t			 count = node_count(list);

	if (node_kind(list) != NODE_LIST || count > ITEMS_MAX ||
	    node_bool(s->object, "items.has_more"))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "the subscription does not list all of its items");
	for (size_t i = 0; i < count; i++)
		TRY(item_read(s, node_item(list, i), f, e));
	return RC_OK;
}

struct period {
	int64_t	start, end;		/* 0: not said */
};

/*
 * Of items with different periods, the one that began last and the one that
 * ends first: the next bill, and the newest that may be unpaid.
 */
static struct period
period_read(const struct node *sub)
{
	const struct node	*list = node_at(sub, "items.data");
	struct period		 p = {
		.start = stripe_time(sub, "current_period_start"),
		.end = stripe_time(sub, "current_period_end"),
	};

	if (p.end != 0)
		return p;
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *item = node_item(list, i);
		int64_t	start = stripe_time(item, "current_period_start");
		int64_t	end = stripe_time(item, "current_period_end");

		if (start > p.start)
			p.start = start;
		if (end != 0 && (p.end == 0 || end < p.end))
			p.end = end;
	}
	return p;
}

/*
 * Up to where money is in.  The period moves on before its bill is paid, so
 * past due means: paid up to its start.
 */
static int64_t
paid_until(enum sub_state state, struct period p)
{
	switch (state) {
	case SUB_TRIALING:
	case SUB_ACTIVE:
		return p.end;
	case SUB_PAST_DUE:
		return p.start;
	default:
		return 0;
	}
}

/* With flexible billing a planned end may be cancel_at alone. */
static int64_t
cancel_at(const struct node *sub, struct period p)
{
	int64_t	at = stripe_time(sub, "cancel_at");

	if (at == 0 && node_bool(sub, "cancel_at_period_end"))
		return p.end;
	return at;
}

static int64_t
ended_at(const struct stripe_event *s)
{
	int64_t	at = stripe_time(s->object, "ended_at");

	if (at == 0)
		at = stripe_time(s->object, "canceled_at");
	return at != 0 ? at : s->make.event->at;
}

/* Not paid within its first day: the attempt to buy it is over. */
static enum rc
subscription_closed(struct stripe_event *s, const struct fact *state,
    struct err *e)
{
	struct fact	*f;

	if (!str_eq(node_text(s->object, "status"),
	    STR("incomplete_expired")))
		return RC_OK;
	TRY(stripe_fact(s, FACT_CLOSED, OBJECT_SUBSCRIPTION, "id", &f, e));
	f->closing = CLOSED_ABANDONED;
	event_names_copy(f, state);
	return RC_OK;
}

/* Deleted, canceled or never paid at all: terminal, this id never returns. */
static enum rc
subscription_end(struct stripe_event *s, const struct fact *state,
    struct err *e)
{
	struct fact	*f;

	if (state->state != SUB_CANCELED &&
	    !str_eq(s->make.event->type, STR("customer.subscription.deleted")))
		return RC_OK;
	TRY(subscription_closed(s, state, e));
	TRY(stripe_fact(s, FACT_ENDED, OBJECT_SUBSCRIPTION, "id", &f, e));
	f->ended_at = ended_at(s);
	event_names_copy(f, state);
	return RC_OK;
}

/*
 * A subscription as it now stands, whichever event shows it.  pending_update
 * is a wish until it is paid, and pause_collection stops the bills, not the
 * service: neither is read.  A status we do not know grants and takes nothing.
 */
enum rc
stripe_subscription(struct stripe_event *s, struct err *e)
{
	struct period	 p = period_read(s->object);
	struct fact	*f;

	TRY(stripe_fact(s, FACT_SEEN, OBJECT_SUBSCRIPTION, "id", &f, e));
	stripe_names(s, f, node_at(s->object, "metadata"));
	f->state = status_read(node_text(s->object, "status"));
	if (f->state != SUB_NONE) {
		f->kind = FACT_STATE;
		TRY(items_read(s, f, e));
		f->paid_until = paid_until(f->state, p);
		f->trial_end = stripe_time(s->object, "trial_end");
		f->cancel_at = cancel_at(s->object, p);
	}
	return subscription_end(s, f, e);
}

/* The member that names an invoice's subscription, in either shape. */
static const char *
invoice_subscription(const struct node *invoice)
{
	static const char	since_basil[] =
	    "parent.subscription_details.subscription";

	return node_id(invoice, since_basil).len > 0 ?
	    since_basil : "subscription";
}

/* The subscription's metadata as it was then, else the invoice's own. */
static void
invoice_names(struct stripe_event *s, struct fact *f)
{
	static const char *const	paths[] = {
		"parent.subscription_details.metadata",
		"subscription_details.metadata",
		"metadata",
	};

	for (size_t i = 0; i < COUNT(paths); i++) {
		stripe_names(s, f, node_at(s->object, paths[i]));
		if (f->user.len > 0 || f->session.len > 0)
			return;
	}
}

/* Is the line the balance of a change in the middle of a period? */
static bool
line_prorates(const struct node *line)
{
	return node_bool(line, "parent.subscription_item_details.proration") ||
	    node_bool(line, "parent.invoice_item_details.proration") ||
	    node_bool(line, "proration");
}

/* Is it the subscription's own, and not an item that was put on the bill? */
static bool
line_recurs(const struct node *line)
{
	return node_kind(node_at(line,
	    "parent.subscription_item_details")) == NODE_OBJECT ||
	    str_eq(node_text(line, "type"), STR("subscription"));
}

/* Does it bill time, and not give credit for time that is not used? */
static bool
line_charges(const struct node *line)
{
	int64_t	amount = 0;

	return (line_recurs(line) || line_prorates(line)) &&
	    (!node_int(line, "amount", &amount) || amount >= 0);
}

static bool
line_renews(const struct node *line)
{
	return line_recurs(line) && !line_prorates(line);
}

/* The latest end among the lines of a kind; 0 when there is none. */
static int64_t
lines_until(const struct node *invoice, bool (*of_kind)(const struct node *))
{
	const struct node	*lines = node_at(invoice, "lines.data");
	int64_t			 until = 0;

	for (size_t i = 0; i < node_count(lines); i++) {
		const struct node *line = node_item(lines, i);
		int64_t	end = stripe_time(line, "period.end");

		if (end > until && of_kind(line))
			until = end;
	}
	return until;
}

/*
 * A bill of whole periods moves the subscription's paid-until; any bill has a
 * period of its own, by which a refund is known to be of this period or of
 * one that is over.  The invoice's period_end is of the past: never read.
 */
static enum rc
invoice_period(struct stripe_event *s, const struct fact *paid,
    struct err *e)
{
	const char	*sub = invoice_subscription(s->object);
	int64_t		 charged = lines_until(s->object, line_charges);
	int64_t		 renewed = lines_until(s->object, line_renews);
	struct fact	*f;

	if (node_id(s->object, sub).len == 0)
		return RC_OK;
	if (charged != 0) {
		TRY(stripe_fact(s, FACT_PERIOD, OBJECT_INVOICE, "id", &f, e));
		f->paid_until = charged;
	}
	if (renewed != 0) {
		TRY(stripe_fact(s, FACT_PERIOD, OBJECT_SUBSCRIPTION, sub, &f,
		    e));
		f->paid_until = renewed;
		event_names_copy(f, paid);
	}
	return RC_OK;
}

enum rc
stripe_invoice(struct stripe_event *s, struct err *e)
{
	struct event_maker	*m = &s->make;
	struct fact		*f;

	TRY(stripe_fact(s, s->row->kind, OBJECT_INVOICE, "id", &f, e));
	f->step = s->row->step;
	invoice_names(s, f);
	event_link(m, f, OBJECT_SUBSCRIPTION,
	    node_id(s->object, invoice_subscription(s->object)));
	event_link(m, f, OBJECT_PAYMENT,		/* up to acacia */
	    node_id(s->object, "payment_intent"));
	if (f->kind != FACT_PAID)
		return RC_OK;
	TRY(stripe_money(s, "amount_paid", f, e));
	return invoice_period(s, f, e);
}
