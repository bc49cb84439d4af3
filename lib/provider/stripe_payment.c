/*
 * Stripe's payments: checkout sessions, payment intents, refunds, disputes.
 * None of them names a price; what was sold is the session's to say.
 */
#include "provider/stripe.h"

static bool
text_is(const struct stripe_event *s, const char *member, struct str word)
{
	return str_eq(node_text(s->object, member), word);
}

/* Metadata is the seller's word; client_reference_id stands in the URL. */
static void
checkout_names(struct stripe_event *s, struct fact *f)
{
	const struct node	*metadata = node_at(s->object, "metadata");

	stripe_names(s, f, metadata);
	if (node_text(metadata, "rung_session").len == 0)
		event_names(&s->make, f, STR_NONE,
		    node_text(s->object, "client_reference_id"),
		    NAMED_BY_BUYER);
}

static void
checkout_links(struct stripe_event *s, struct fact *f)
{
	struct event_maker	*m = &s->make;

	event_link(m, f, OBJECT_PAYMENT, node_id(s->object, "payment_intent"));
	event_link(m, f, OBJECT_SUBSCRIPTION,
	    node_id(s->object, "subscription"));
	event_link(m, f, OBJECT_INVOICE, node_id(s->object, "invoice"));
}

/*
 * The subscription of a checkout may carry no metadata of its own, since
 * Stripe copies none; what the seller's key wrote on the checkout holds for
 * it too.
 */
static enum rc
checkout_subscription(struct stripe_event *s, const struct fact *checkout,
    struct err *e)
{
	struct fact	*f;

	if (node_id(s->object, "subscription").len == 0 ||
	    (checkout->user.len == 0 &&
	    checkout->named_by != NAMED_BY_METADATA))
		return RC_OK;
	TRY(stripe_fact(s, FACT_SEEN, OBJECT_SUBSCRIPTION, "subscription",
	    &f, e));
	event_names_copy(f, checkout);
	return RC_OK;
}

/*
 * The buyer went through.  Mode setup saves a card and buys nothing; in mode
 * subscription the subscription itself says what is paid; an unknown
 * payment_status is no money.
 */
enum rc
stripe_checkout(struct stripe_event *s, struct err *e)
{
	struct fact	*f;

	if (text_is(s, "mode", STR("setup")))
		return RC_OK;
	TRY(stripe_fact(s, FACT_SEEN, OBJECT_CHECKOUT, "id", &f, e));
	checkout_names(s, f);
	checkout_links(s, f);

	if (text_is(s, "payment_status", STR("unpaid"))) {
		f->kind = FACT_STEP;
		f->step = PAY_PROCESSING;
	} else if (text_is(s, "mode", STR("payment")) &&
	    (text_is(s, "payment_status", STR("paid")) ||
	    text_is(s, "payment_status", STR("no_payment_required")))) {
		f->kind = FACT_PAID;
		TRY(stripe_money(s, "amount_total", f, e));
	}
	return checkout_subscription(s, f, e);
}

/* It expired, or the slow payment bounced: money will not come this way. */
enum rc
stripe_checkout_closed(struct stripe_event *s, struct err *e)
{
	struct fact	*f;

	if (text_is(s, "mode", STR("setup")))
		return RC_OK;
	TRY(stripe_fact(s, FACT_CLOSED, OBJECT_CHECKOUT, "id", &f, e));
	f->closing = s->row->closing;
	checkout_names(s, f);
	checkout_links(s, f);
	return RC_OK;
}

/*
 * A payment intent.  That of a subscription carries no metadata of ours and
 * stays unowned until its invoice is linked to it.
 */
enum rc
stripe_payment(struct stripe_event *s, struct err *e)
{
	struct fact	*f;

	TRY(stripe_fact(s, s->row->kind, OBJECT_PAYMENT, "id", &f, e));
	f->step = s->row->step;
	f->closing = s->row->closing;
	stripe_names(s, f, node_at(s->object, "metadata"));
	event_link(&s->make, f, OBJECT_INVOICE,		/* up to acacia */
	    node_id(s->object, "invoice"));
	if (f->kind == FACT_PAID)
		TRY(stripe_money(s, "amount_received", f, e));
	return RC_OK;
}

/* Since basil the only word that ties an invoice to its payment. */
enum rc
stripe_invoice_payment(struct stripe_event *s, struct err *e)
{
	bool		 by_charge;
	struct fact	*f;

	by_charge = node_id(s->object, "payment.payment_intent").len == 0;
	if (by_charge && node_id(s->object, "payment.charge").len == 0)
		return RC_OK;		/* paid outside of Stripe */
	TRY(stripe_fact(s, FACT_SEEN, OBJECT_PAYMENT, by_charge ?
	    "payment.charge" : "payment.payment_intent", &f, e));
	event_link(&s->make, f, OBJECT_INVOICE,
	    node_id(s->object, "invoice"));
	return RC_OK;
}

/* Where the id of the payment stands: old charges have no intent. */
static const char *
payment_path(const struct stripe_event *s, const char *charge_path)
{
	return node_id(s->object, "payment_intent").len > 0 ?
	    "payment_intent" : charge_path;
}

/* The sum given back so far; the metadata is the payment's, copied. */
enum rc
stripe_charge_refunded(struct stripe_event *s, struct err *e)
{
	struct fact	*f;

	TRY(stripe_fact(s, FACT_REFUNDED, OBJECT_PAYMENT,
	    payment_path(s, "id"), &f, e));
	stripe_names(s, f, node_at(s->object, "metadata"));
	event_link(&s->make, f, OBJECT_INVOICE,		/* up to acacia */
	    node_id(s->object, "invoice"));
	return stripe_amount(s, "amount_refunded", f, e);
}

/* What waits, or is called by a new word, has given nothing back yet. */
static enum refund_state
refund_state(struct str status)
{
	static const struct {
		const char		*status;
		enum refund_state	 state;
	} words[] = {
		{ "succeeded",	REFUND_SUCCEEDED },
		{ "canceled",	REFUND_CANCELED },
		{ "failed",	REFUND_FAILED },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_eq(status, str_of(words[i].status)))
			return words[i].state;
	return REFUND_PENDING;
}

static enum rc
part_id(struct stripe_event *s, struct fact *f, struct err *e)
{
	struct str	id = node_id(s->object, "id");

	if (!event_id_valid(id))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "the id of the %s is missing or no id", s->row->object);
	f->part_id = arena_keep(s->make.arena, id);
	return RC_OK;
}

/* One refund; of a customer's balance when it names no payment. */
enum rc
stripe_refund(struct stripe_event *s, struct err *e)
{
	const char	*path = payment_path(s, "charge");
	struct fact	*f;

	if (node_id(s->object, path).len == 0)
		return RC_OK;
	TRY(stripe_fact(s, FACT_REFUND, OBJECT_PAYMENT, path, &f, e));
	TRY(part_id(s, f, e));
	f->refund_state = refund_state(node_text(s->object, "status"));
	return stripe_amount(s, "amount", f, e);
}

/* An inquiry moves no money; a word we do not know is a dispute for sure. */
static enum dispute_state
dispute_state(struct str status)
{
	static const struct {
		const char		*status;
		enum dispute_state	 state;
	} words[] = {
		{ "warning_needs_response",	DISPUTE_WARNING },
		{ "warning_under_review",	DISPUTE_WARNING },
		{ "warning_closed",		DISPUTE_WON },
		{ "won",			DISPUTE_WON },
		{ "prevented",			DISPUTE_WON },
		{ "lost",			DISPUTE_LOST },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_eq(status, str_of(words[i].status)))
			return words[i].state;
	return DISPUTE_OPEN;
}

enum rc
stripe_dispute(struct stripe_event *s, struct err *e)
{
	struct fact	*f;

	TRY(stripe_fact(s, FACT_DISPUTE, OBJECT_PAYMENT,
	    payment_path(s, "charge"), &f, e));
	f->dispute_state = dispute_state(node_text(s->object, "status"));
	return part_id(s, f, e);
}
