/*
 * Paddle's envelope: which event it is and when, and the table that says what
 * each type means.  What is not in the table is authentic and of no use to
 * us.  No body names an account or a mode: both are those of the secret.
 */
#include "base/guard.h"
#include "provider/paddle.h"

/*
 * data is the entity itself as it then stood.  transaction.paid comes first
 * and often before there is a subscription; transaction.completed says the
 * same again with more known.
 */
static const struct paddle_row rows[] = {
	{ "transaction.paid", "txn_",
	    paddle_transaction_paid, .kind = FACT_PAID },
	{ "transaction.completed", "txn_",
	    paddle_transaction_paid, .kind = FACT_PAID },
	{ "transaction.payment_failed", "txn_",
	    paddle_transaction, .kind = FACT_STEP, .step = PAY_FAILED },
	{ "transaction.past_due", "txn_",
	    paddle_transaction, .kind = FACT_STEP, .step = PAY_FAILED },
	{ "transaction.canceled", "txn_",
	    paddle_transaction, .kind = FACT_CLOSED,
	    .closing = CLOSED_ABANDONED },
	{ "transaction.*", "txn_",
	    paddle_transaction_news, .kind = FACT_SEEN },

	{ "subscription.*", "sub_",
	    paddle_subscription, .kind = FACT_STATE },
	{ "adjustment.*", "adj_",	/* its action tells which fact */
	    paddle_adjustment, .kind = FACT_REFUND },
};

static bool
row_fits(const struct paddle_row *row, struct str type)
{
	struct str	name = str_of(row->type);

	if (!str_ends(name, STR("*")))
		return str_eq(type, name);
	return str_starts(type, str_part(name, 0, name.len - 1));
}

static const struct paddle_row *
row_of(struct str type)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (row_fits(&rows[i], type))
			return &rows[i];
	return NULL;
}

static enum rc
envelope_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	struct str	id = node_text(root, "event_id");
	struct str	type = node_text(root, "event_type");

	if (!event_id_valid(id))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its event_id is missing or no id");
	if (!event_type_valid(type))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its event_type is missing or no type");
	*out = (struct event){
		.class = EVENT_IGNORED,
		.id = arena_keep(a, id),
		.type = arena_keep(a, type),
		.at = paddle_time(root, "occurred_at"),
		.livemode = rules->livemode,
	};
	return RC_OK;
}

static enum rc
entity_read(const struct node *root, const struct paddle_row *row,
    struct arena *a, struct event *out, struct err *e)
{
	struct paddle_event	p = {
		.make = { out, a, STR("paddle") },
		.object = node_at(root, "data"),
		.row = row,
	};

	if (out->at == 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s does not say when it occurred", row->type);
	if (!str_starts(node_text(p.object, "id"), str_of(row->id)))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s carries no %s... of Paddle's", row->type, row->id);
	TRY(row->read(&p, e));
	if (out->fact_count > 0)
		out->class = EVENT_FACTS;
	return RC_OK;
}

static enum rc
event_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	const struct paddle_row	*row;

	TRY(envelope_read(root, rules, a, out, e));
	row = row_of(out->type);
	return row == NULL ? RC_OK : entity_read(root, row, a, out, e);
}

void
paddle_normalise(const struct hook *hook, const struct hook_rules *rules,
    struct arena *a, struct event *out)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct err	e;

	if (doc_read(&doc, hook->body, DOC_LENIENT, &e) != RC_OK ||
	    event_read(doc_root(doc), rules, a, out, &e) != RC_OK)
		event_unreadable(out, hook, rules, a, e.what);
}
