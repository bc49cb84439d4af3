/*
 * Stripe's envelope: which event it is, whose and when, and the table that
 * says what each type means.  What is not in the table is authentic and of no
 * use to us.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/text.h"
#include "provider/stripe.h"

/*
 * One purchase yields several success events; each row here speaks of another
 * object or another moment.  charge.succeeded and invoice.payment_succeeded
 * are left out: they repeat payment_intent.succeeded and invoice.paid.
 */
static const struct stripe_row rows[] = {
	{ "checkout.session.completed", "checkout.session",
	    stripe_checkout, .kind = FACT_SEEN },
	{ "checkout.session.async_payment_succeeded", "checkout.session",
	    stripe_checkout, .kind = FACT_SEEN },
	{ "checkout.session.async_payment_failed", "checkout.session",
	    stripe_checkout_closed, .closing = CLOSED_DECLINED },
	{ "checkout.session.expired", "checkout.session",
	    stripe_checkout_closed, .closing = CLOSED_EXPIRED },

	{ "payment_intent.succeeded", "payment_intent",
	    stripe_payment, .kind = FACT_PAID },
	{ "payment_intent.requires_action", "payment_intent",
	    stripe_payment, .kind = FACT_STEP, .step = PAY_REQUIRES_ACTION },
	{ "payment_intent.processing", "payment_intent",
	    stripe_payment, .kind = FACT_STEP, .step = PAY_PROCESSING },
	{ "payment_intent.payment_failed", "payment_intent",
	    stripe_payment, .kind = FACT_STEP, .step = PAY_FAILED },
	{ "payment_intent.canceled", "payment_intent",
	    stripe_payment, .kind = FACT_CLOSED,
	    .closing = CLOSED_ABANDONED },

	{ "customer.subscription.*", "subscription",
	    stripe_subscription, .kind = FACT_STATE },
	{ "invoice.paid", "invoice",
	    stripe_invoice, .kind = FACT_PAID },
	{ "invoice.payment_failed", "invoice",
	    stripe_invoice, .kind = FACT_STEP, .step = PAY_FAILED },
	{ "invoice.payment_action_required", "invoice",
	    stripe_invoice, .kind = FACT_STEP, .step = PAY_REQUIRES_ACTION },
	{ "invoice_payment.paid", "invoice_payment",
	    stripe_invoice_payment, .kind = FACT_SEEN },

	{ "charge.refunded", "charge",
	    stripe_charge_refunded, .kind = FACT_REFUNDED },
	{ "charge.refund.updated", "refund",	/* the old name */
	    stripe_refund, .kind = FACT_REFUND },
	{ "refund.*", "refund",
	    stripe_refund, .kind = FACT_REFUND },
	{ "charge.dispute.*", "dispute",
	    stripe_dispute, .kind = FACT_DISPUTE },
};

static bool
row_fits(const struct stripe_row *row, struct str type)
{
	struct str	name = str_of(row->type);

	if (!str_ends(name, STR("*")))
		return str_eq(type, name);
	return str_starts(type, str_part(name, 0, name.len - 1));
}

static const struct stripe_row *
row_of(struct str type)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (row_fits(&rows[i], type))
			return &rows[i];
	return NULL;
}

/* "created" is unix seconds; thin events write RFC 3339. */
static int64_t
created(const struct node *root)
{
	int64_t	at = 0;

	if (text_untime(node_text(root, "created"), &at))
		return at;
	return stripe_time(root, "created");
}

/* Connect and organisation destinations name the account they speak of. */
static enum rc
account_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	enum node_kind	kind = node_kind(node_at(root, "account"));
	struct str	account = node_id(root, "account");

	if (kind == NODE_NONE || kind == NODE_NULL ||
	    (rules->account.len > 0 && str_eq(account, rules->account)))
		return RC_OK;
	if (!event_id_valid(account))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its account is no id");
	out->class = EVENT_FOREIGN;
	out->account = arena_keep(a, account);
	out->why = arena_text(a, "it belongs to account %.*s, not to ours",
	    STR_FMT(account));
	return RC_OK;
}

static enum rc
envelope_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	struct str	id = node_text(root, "id");
	struct str	type = node_text(root, "type");

	if (!event_id_valid(id))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its id is missing or no id");
	if (!event_type_valid(type))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its type is missing or no type");
	*out = (struct event){
		.class = EVENT_IGNORED,
		.id = arena_keep(a, id),
		.type = arena_keep(a, type),
		.at = created(root),
		.livemode = node_bool(root, "livemode"),
	};
	return account_read(root, rules, a, out, e);
}

static enum rc
object_read(const struct node *root, const struct stripe_row *row,
    struct arena *a, struct event *out, struct err *e)
{
	struct stripe_event	s = {
		.make = { out, a, STR("stripe") },
		.object = node_at(root, "data.object"),
		.row = row,
	};

	if (out->at == 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s does not say when it was created", row->type);
	if (!str_eq(node_text(s.object, "object"), str_of(row->object)))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s carries no %s", row->type, row->object);
	TRY(row->read(&s, e));
	if (out->fact_count > 0)
		out->class = EVENT_FACTS;
	return RC_OK;
}

/* Thin events ("v2.core.event") name an object and do not carry it. */
static enum rc
event_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	const struct stripe_row	*row;

	TRY(envelope_read(root, rules, a, out, e));
	row = row_of(out->type);
	if (out->class == EVENT_FOREIGN || row == NULL ||
	    str_starts(node_text(root, "object"), STR("v2.")))
		return RC_OK;
	return object_read(root, row, a, out, e);
}

void
stripe_normalise(const struct hook *hook, const struct hook_rules *rules,
    struct arena *a, struct event *out)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct err	e;

	if (doc_read(&doc, hook->body, DOC_LENIENT, &e) != RC_OK ||
	    event_read(doc_root(doc), rules, a, out, &e) != RC_OK)
		event_unreadable(out, hook, rules, a, e.what);
}
