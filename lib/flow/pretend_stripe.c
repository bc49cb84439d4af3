/*
 * Stripe's player: its ids, and which events it sends at which moment.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "flow/pretend_shape.h"
#include "flow/pretend_stripe.h"

static struct str
new_id(struct play *p, enum play_id kind)
{
	static const char *const	heads[] = {
		[ID_CHECKOUT] = "cs_test_", [ID_SUBSCRIPTION] = "sub_",
		[ID_ITEM] = "si_", [ID_PAYMENT] = "pi_",
		[ID_INVOICE] = "in_", [ID_CHARGE] = "ch_",
		[ID_CUSTOMER] = "cus_", [ID_REFUND] = "re_",
		[ID_DISPUTE] = "du_", [ID_SCHEDULE] = "sub_sched_",
		[ID_ORDER] = "",
	};

	return kind == ID_ORDER ? STR_NONE : shape_id(p, heads[kind]);
}

/* One event: its object, and what that was before ("" : not told). */
static enum rc
tell(struct play *p, const char *type, struct str object, struct str before,
    struct err *e)
{
	struct str	id = shape_id(p, "evt_"), body;
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "id", id);
	out_name(&o, "object", "event");
	if (p->f->conf->stripe_account.len > 0)
		out_text(&o, "account", p->f->conf->stripe_account);
	out_name(&o, "api_version", PRETEND_STRIPE_VERSION);
	out_int(&o, "created", p->f->now / SECOND);
	out_open_as(&o, "data", '{');
	out_raw(&o, "object", object);
	if (before.len > 0)
		out_raw(&o, "previous_attributes", before);
	out_close(&o, '}');
	out_bool(&o, "livemode", false);
	out_int(&o, "pending_webhooks", 1);
	out_raw(&o, "request",
	    STR("{\"id\":null,\"idempotency_key\":null}"));
	out_name(&o, "type", type);
	out_close(&o, '}');
	TRY(out_take(&o, "an event", &body, e));
	return play_event(p, id, str_of(type), body, e);
}

static enum rc
tell_of(struct play *p, const char *type, stripe_writer *write,
    const struct thing *t, struct err *e)
{
	struct str	object;

	TRY(stripe_text(p, write, t, &object, e));
	return tell(p, type, object, STR_NONE, e);
}

static enum rc
tell_invoice(struct play *p, const char *type, const struct scene *s,
    struct err *e)
{
	struct str	object;

	TRY(stripe_invoice_text(p, s->payment, s->sub, &object, e));
	return tell(p, type, object, STR_NONE, e);
}

static void
was_text(struct out *o, const char *name, struct str was, struct str is)
{
	if (!str_eq(was, is))
		out_text_or_null(o, name, was);
}

static bool
same_lines(const struct play_lines *a, const struct play_lines *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->at[i].price, b->at[i].price) ||
		    a->at[i].quantity != b->at[i].quantity)
			return false;
	return true;
}

/* What differs, with its old values. */
static enum rc
previous(struct play *p, const struct thing *was, const struct thing *is,
    struct str *json, struct err *e)
{
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	was_text(&o, "status", was->status, is->status);
	was_text(&o, "latest_invoice", was->invoice, is->invoice);
	was_text(&o, "schedule", was->schedule, is->schedule);
	if (was->cancel_planned != is->cancel_planned) {
		shape_seconds(&o, "cancel_at", was->cancel_planned);
		out_bool(&o, "cancel_at_period_end",
		    was->cancel_planned != 0);
		shape_seconds(&o, "canceled_at", was->canceled_at);
	}
	if (was->pending_until != is->pending_until)
		out_raw(&o, "pending_update", was->pending_until == 0 ?
		    STR_NONE : STR("{}"));
	if (!same_lines(&was->lines, &is->lines) ||
	    was->until != is->until) {
		out_open_as(&o, "items", '{');
		out_open_as(&o, "data", '[');
		stripe_write_items(p, &o, was, &was->lines);
		out_close(&o, ']');
		out_close(&o, '}');
	}
	out_close(&o, '}');
	return out_take(&o, "an event", json, e);
}

static enum rc
tell_sub(struct play *p, const char *what, const struct scene *s,
    struct err *e)
{
	const char	*type = arena_text(p->f->arena,
			    "customer.subscription.%s", what).at;
	struct str	 object, before = STR_NONE;

	TRY(stripe_text(p, stripe_write_subscription, s->sub, &object, e));
	if (s->before != NULL && strcmp(what, "updated") == 0)
		TRY(previous(p, s->before, s->sub, &before, e));
	return tell(p, type, object, before, e);
}

/* The money of a payment came: its intent, charge, and invoice if any. */
static enum rc
tell_money(struct play *p, const struct scene *s, struct err *e)
{
	const struct thing	*pay = s->payment;

	if (pay->amount > 0) {
		TRY(tell_of(p, "payment_intent.succeeded",
		    stripe_write_intent, pay, e));
		TRY(tell_of(p, "charge.succeeded", stripe_write_charge, pay,
		    e));
	}
	if (pay->invoice.len == 0)
		return RC_OK;
	TRY(tell_invoice(p, "invoice.paid", s, e));
	if (pay->amount > 0)
		TRY(tell_of(p, "invoice_payment.paid",
		    stripe_write_invoice_payment, pay, e));
	return RC_OK;
}

/* It did not come: why not. */
static enum rc
tell_no_money(struct play *p, const struct scene *s, bool action,
    struct err *e)
{
	TRY(tell_of(p, action ? "payment_intent.requires_action" :
	    "payment_intent.payment_failed", stripe_write_intent,
	    s->payment, e));
	if (s->payment->invoice.len == 0)
		return RC_OK;
	return tell_invoice(p, action ? "invoice.payment_action_required" :
	    "invoice.payment_failed", s, e);
}

/* As it began, before any money: what a new subscription first is. */
static enum rc
tell_begun(struct play *p, const struct scene *s, struct err *e)
{
	struct thing	fresh = *s->sub;
	struct scene	begun = { .sub = &fresh };

	if (s->before != NULL)
		return RC_OK;
	if (fresh.trial_until == 0)
		fresh.status = STR("incomplete");
	return tell_sub(p, "created", &begun, e);
}

static enum rc
tell_paid(struct play *p, const struct scene *s, bool slow, struct err *e)
{
	struct thing	was;
	struct scene	now = *s;

	if (s->sub != NULL) {
		TRY(tell_begun(p, s, e));
		was = *s->sub;
		was.status = STR("incomplete");
		now.before = &was;
		if (s->sub->trial_until == 0)
			TRY(tell_sub(p, "updated", &now, e));
	}
	TRY(tell_money(p, s, e));
	return tell_of(p, slow ? "checkout.session.async_payment_succeeded" :
	    "checkout.session.completed", stripe_write_checkout,
	    s->checkout, e);
}

static enum rc
tell_processing(struct play *p, const struct scene *s, struct err *e)
{
	if (s->sub != NULL)
		TRY(tell_begun(p, s, e));
	TRY(tell_of(p, "payment_intent.processing", stripe_write_intent,
	    s->payment, e));
	return tell_of(p, "checkout.session.completed",
	    stripe_write_checkout, s->checkout, e);
}

static enum rc
tell_checkout(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	switch (m) {
	case MOMENT_ACTION:
	case MOMENT_DECLINED:
		if (s->sub != NULL)
			TRY(tell_begun(p, s, e));
		return tell_no_money(p, s, m == MOMENT_ACTION, e);
	case MOMENT_PROCESSING:
		return tell_processing(p, s, e);
	case MOMENT_PAID:
	case MOMENT_SLOW_PAID:
		return tell_paid(p, s, m == MOMENT_SLOW_PAID, e);
	case MOMENT_SLOW_FAILED:
		TRY(tell_no_money(p, s, false, e));
		return tell_of(p, "checkout.session.async_payment_failed",
		    stripe_write_checkout, s->checkout, e);
	case MOMENT_ABANDONED:
		if (s->payment != NULL && s->sub == NULL)
			TRY(tell_of(p, "payment_intent.canceled",
			    stripe_write_intent, s->payment, e));
		return tell_of(p, "checkout.session.expired",
		    stripe_write_checkout, s->checkout, e);
	default:
		return RC_OK;
	}
}

static enum rc
tell_part(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	if (m == MOMENT_REFUNDED) {
		TRY(tell_of(p, "charge.refunded", stripe_write_charge,
		    s->payment, e));
		return tell_of(p, "refund.created", stripe_write_refund,
		    s->part, e);
	}
	if (m == MOMENT_DISPUTED) {
		TRY(tell_of(p, "charge.dispute.created",
		    stripe_write_dispute, s->part, e));
		return tell_of(p, "charge.dispute.funds_withdrawn",
		    stripe_write_dispute, s->part, e);
	}
	TRY(tell_of(p, "charge.dispute.closed", stripe_write_dispute,
	    s->part, e));
	if (m == MOMENT_DISPUTE_LOST)
		return RC_OK;
	return tell_of(p, "charge.dispute.funds_reinstated",
	    stripe_write_dispute, s->part, e);
}

static enum rc
tell_running(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	switch (m) {
	case MOMENT_RENEWED:
	case MOMENT_RECOVERED:
		TRY(tell_sub(p, "updated", s, e));
		return tell_money(p, s, e);
	case MOMENT_FAILED:
		TRY(tell_no_money(p, s, false, e));
		return tell_sub(p, "updated", s, e);
	case MOMENT_CHANGED:
		TRY(tell_sub(p, "updated", s, e));
		if (s->payment == NULL)
			return RC_OK;
		return str_eq(s->payment->status, STR("paid")) ?
		    tell_money(p, s, e) : tell_no_money(p, s, false, e);
	case MOMENT_WAITING:
		TRY(tell_sub(p, "updated", s, e));
		return tell_no_money(p, s,
		    str_eq(s->payment->status, STR("action")), e);
	case MOMENT_WAIT_PAID:
		TRY(tell_money(p, s, e));
		TRY(tell_sub(p, "updated", s, e));
		return tell_sub(p, "pending_update_applied", s, e);
	case MOMENT_WAIT_OVER:
		TRY(tell_sub(p, "updated", s, e));
		return tell_sub(p, "pending_update_expired", s, e);
	case MOMENT_ENDED:
		return tell_sub(p, "deleted", s, e);
	case MOMENT_PAUSED:
		return tell_sub(p, "paused", s, e);
	case MOMENT_RESUMED:
		return tell_sub(p, "resumed", s, e);
	default:
		return tell_sub(p, "updated", s, e);
	}
}

static enum rc
tell_moment(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	if (s->part != NULL)
		return tell_part(p, m, s, e);
	if (s->checkout != NULL)
		return tell_checkout(p, m, s, e);
	if (s->sub == NULL)
		return m == MOMENT_PAID ? tell_money(p, s, e) :
		    tell_no_money(p, s, false, e);
	return tell_running(p, m, s, e);
}

const struct player	player_stripe = {
	.name = "stripe", .id = new_id, .tell = tell_moment,
};
