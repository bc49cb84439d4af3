/*
 * Looking things up at Stripe: the events since a time, page by page, and how
 * one object stands now, told as the events that would have told it.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/stripe.h"
#include "provider/stripe_errand.h"

enum {
	EVENTS_A_PAGE	= 50,
	TYPES_A_CALL	= 20,	/* Stripe's own limit */
};

const char *const stripe_events[] = {
	"checkout.session.completed",
	"checkout.session.async_payment_succeeded",
	"checkout.session.async_payment_failed",
	"checkout.session.expired",
	"payment_intent.succeeded",
	"payment_intent.payment_failed",
	"payment_intent.processing",
	"payment_intent.requires_action",
	"payment_intent.canceled",
	"customer.subscription.created",
	"customer.subscription.updated",
	"customer.subscription.deleted",
	"customer.subscription.paused",
	"customer.subscription.resumed",
	"customer.subscription.pending_update_applied",
	"customer.subscription.pending_update_expired",
	"invoice.paid",
	"invoice.payment_failed",
	"invoice.payment_action_required",
	"invoice_payment.paid",
	"charge.refunded",
	"refund.created",
	"refund.updated",
	"refund.failed",
	"charge.dispute.created",
	"charge.dispute.updated",
	"charge.dispute.closed",
	"charge.dispute.funds_withdrawn",
	"charge.dispute.funds_reinstated",
	NULL
};

/*
 * Only so many types fit into one call, so the list is walked once for each
 * set of them.  A cursor is the set and the id to go on after: "1:evt_...".
 */
static enum rc
list_ask(struct stripe_turn *t, struct err *e)
{
	struct str	after = t->errand->cursor;
	int64_t		set = 0;
	struct buf	path;

	if (after.len > 0 && (!str_int64(str_cut(&after, ':'), &set) ||
	    set < 0 || set > 1))
		return err_set(e, RC_BROKEN, NULL, "no cursor of ours");
	buf_init(&path, t->arena, 2000);
	buf_fmt(&path, "/v1/events?created[gte]=%lld&limit=%d",
	    (long long)(t->errand->since / SECOND), EVENTS_A_PAGE);
	for (size_t i = 0; i < TYPES_A_CALL; i++) {
		const char *type = stripe_events[
		    (size_t)set * TYPES_A_CALL + i];

		if (type == NULL)
			break;
		buf_fmt(&path, "&types[%zu]=%s", i, type);
	}
	if (after.len > 0)
		buf_fmt(&path, "&starting_after=%.*s", STR_FMT(after));
	stripe_get(t, "%.*s", STR_FMT(buf_str(&path)));
	return RC_OK;
}

/* The cursor of the page after this one; "" when this was the last. */
static struct str
cursor_after(const struct stripe_turn *t, const struct node *page)
{
	const struct node	*events = node_at(page, "data");
	size_t			 count = node_count(events);
	bool			 first = t->errand->cursor.len == 0 ||
				    t->errand->cursor.at[0] == '0';

	if (node_bool(page, "has_more") && count > 0)
		return arena_text(t->arena, "%d:%.*s", first ? 0 : 1,
		    STR_FMT(node_text(node_item(events, count - 1), "id")));
	return first ? STR("1:") : STR_NONE;
}

enum rc
stripe_do_list(struct stripe_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	const struct node		*events;
	bool				 ended;

	if (t->answered == 0)
		return list_ask(t, e);
	TRY(stripe_answer(t, 0, &doc, &ended, e));
	if (ended)
		return RC_OK;
	events = node_at(doc_root(doc), "data");
	for (size_t i = node_count(events); i-- > 0; )
		errand_body(t->result, t->arena,
		    node_json(node_item(events, i), t->arena));
	t->result->cursor = cursor_after(t, doc_root(doc));
	return stripe_over(t, ERRAND_DONE);
}

/* What an object's own status is told by; NULL: by nothing. */
static const char *
event_for(enum object_kind kind, struct str status)
{
	static const struct {
		enum object_kind	 kind;
		const char		*status, *type;
	} rows[] = {
		{ OBJECT_SUBSCRIPTION, "canceled",
		    "customer.subscription.deleted" },
		{ OBJECT_SUBSCRIPTION, NULL, "customer.subscription.updated" },
		{ OBJECT_CHECKOUT, "complete", "checkout.session.completed" },
		{ OBJECT_CHECKOUT, "expired", "checkout.session.expired" },
		{ OBJECT_INVOICE, "paid", "invoice.paid" },
		{ OBJECT_PAYMENT, "succeeded", "payment_intent.succeeded" },
		{ OBJECT_PAYMENT, "canceled", "payment_intent.canceled" },
		{ OBJECT_PAYMENT, "processing", "payment_intent.processing" },
		{ OBJECT_PAYMENT, "requires_action",
		    "payment_intent.requires_action" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == kind && (rows[i].status == NULL ||
		    str_eq(status, str_of(rows[i].status))))
			return rows[i].type;
	return NULL;
}

/* Each entry of a list as an event of that type. */
static enum rc
tell_all(struct stripe_turn *t, const struct node *list, const char *type,
    struct err *e)
{
	for (size_t i = 0; i < node_count(list); i++)
		TRY(stripe_tell(t, type, node_item(list, i), e));
	return RC_OK;
}

static void
look_ask(struct stripe_turn *t)
{
	struct str	id = t->errand->object.ref;

	switch (t->errand->object.kind) {
	case OBJECT_SUBSCRIPTION:
		stripe_get(t, "/v1/subscriptions/%.*s", STR_FMT(id));
		break;
	case OBJECT_CHECKOUT:
		stripe_get(t, "/v1/checkout/sessions/%.*s", STR_FMT(id));
		break;
	case OBJECT_INVOICE:
		stripe_get(t, "/v1/invoices/%.*s", STR_FMT(id));
		break;
	default:
		stripe_get(t, "/v1/payment_intents/%.*s", STR_FMT(id));
		break;
	}
}

/* A payment is followed by its refunds and its disputes. */
enum rc
stripe_do_look(struct stripe_turn *t, struct err *e)
{
	static const struct {
		const char	*path, *type;
	} parts[] = {
		{ "/v1/refunds", "refund.updated" },
		{ "/v1/disputes", "charge.dispute.updated" },
	};
	const struct errand	*x = t->errand;
	bool	 payment = x->object.kind == OBJECT_PAYMENT, ended;

	if (t->answered == 0) {
		look_ask(t);
		return RC_OK;
	}
	if (payment && t->answered <= COUNT(parts)) {
		stripe_get(t, "%s?payment_intent=%.*s&limit=100",
		    parts[t->answered - 1].path, STR_FMT(x->object.ref));
		return RC_OK;
	}
	for (size_t i = 0; i < t->answered; i++) {
		GUARD(doc_free) struct doc	*doc = NULL;
		const struct node		*root;
		const char			*type;

		TRY(stripe_answer(t, i, &doc, &ended, e));
		if (ended)
			return RC_OK;
		root = doc_root(doc);
		if (i > 0) {
			TRY(tell_all(t, node_at(root, "data"),
			    parts[i - 1].type, e));
			continue;
		}
		type = event_for(x->object.kind, node_text(root, "status"));
		if (type != NULL)
			TRY(stripe_tell(t, type, root, e));
	}
	return stripe_over(t, ERRAND_DONE);
}
