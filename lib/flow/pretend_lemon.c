/*
 * Lemon Squeezy's player: its ids, and which events it sends at which moment.
 * It has no list of events, and none for what fails at its checkout.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/pretend_lemon.h"
#include "flow/pretend_shape.h"
#include "wire/doc.h"

typedef void	lemon_writer(struct play *, struct out *,
		    const struct thing *);

static struct str
uuid(struct play *p)
{
	uint8_t		r[16];
	struct str	h;

	secret_random(r, sizeof(r));
	h = text_hex(p->f->arena, r, sizeof(r));
	return arena_text(p->f->arena, "%.8s-%.4s-4%.3s-a%.3s-%.12s", h.at,
	    h.at + 8, h.at + 12, h.at + 16, h.at + 20);
}

/* Ids are numbers that grow with time, and that JavaScript can hold. */
static struct str
number(struct play *p)
{
	const int64_t	some = 10000000000, share = 100000;
	uint32_t	dice;

	secret_random(&dice, sizeof(dice));
	return arena_text(p->f->arena, "%lld", (long long)(p->f->now / 1000 %
	    some * share + dice % share));
}

static struct str
new_id(struct play *p, enum play_id kind)
{
	return kind == ID_CHECKOUT ? uuid(p) : number(p);
}

/* Values of custom_data arrive as texts, whatever they were. */
struct texts {
	struct out	*o;
	struct arena	*arena;
};

static enum rc
put_text(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	struct texts	*t = arg;

	(void)e;
	out_key(t->o, name);
	if (node_kind(value) == NODE_TEXT) {
		out_item_raw(t->o, node_json(value, t->arena));
	} else {
		out_item(t->o, node_json(value, t->arena));
	}
	return RC_OK;
}

static enum rc
put_data(struct play *p, struct out *o, struct str data, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct texts			 t = { o, p->f->arena };

	if (data.len == 0)
		return RC_OK;
	TRY(doc_read(&doc, data, DOC_OURS, e));
	out_open_as(o, "custom_data", '{');
	TRY(node_members(doc_root(doc), put_text, &t, e));
	out_close(o, '}');
	return RC_OK;
}

static enum rc
tell(struct play *p, const char *name, lemon_writer *write,
    const struct thing *t, struct str data, struct err *e)
{
	struct str	id = uuid(p), object, body;
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	write(p, &o, t);
	TRY(out_take(&o, "an object of Lemon Squeezy's", &object, e));
	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "data", object);
	out_open_as(&o, "meta", '{');
	out_bool(&o, "test_mode", true);
	out_name(&o, "event_name", name);
	out_text(&o, "webhook_id", id);
	TRY(put_data(p, &o, data, e));
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "an event", &body, e));
	return play_event(p, id, str_of(name), body, e);
}

static enum rc
tell_sub(struct play *p, const char *name, const struct scene *s,
    struct err *e)
{
	return tell(p, name, lemon_write_subscription, s->sub, s->sub->data,
	    e);
}

static enum rc
tell_bill(struct play *p, const char *name, const struct scene *s,
    struct err *e)
{
	return s->payment == NULL || s->payment->amount <= 0 ? RC_OK :
	    tell(p, name, lemon_write_invoice, s->payment, s->sub->data, e);
}

static enum rc
tell_order(struct play *p, const char *name, const struct scene *s,
    struct str data, struct err *e)
{
	return lemon_order_id(s->payment).len == 0 ? RC_OK :
	    tell(p, name, lemon_write_order, s->payment, data, e);
}

static enum rc
tell_checkout(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	if (m == MOMENT_PROCESSING)
		return tell_order(p, "order_created", s, s->checkout->data,
		    e);
	if (m != MOMENT_PAID && m != MOMENT_SLOW_PAID)
		return RC_OK;
	TRY(tell_order(p, "order_created", s, s->checkout->data, e));
	if (s->sub == NULL)
		return RC_OK;
	TRY(tell_sub(p, "subscription_created", s, e));
	TRY(tell_bill(p, "subscription_payment_success", s, e));
	return tell_sub(p, "subscription_updated", s, e);
}

static struct str
data_of(const struct scene *s)
{
	return s->sub != NULL ? s->sub->data : s->payment->data;
}

/* It takes part in no dispute; a lost one makes the order a fraud. */
static enum rc
tell_part(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	if (m != MOMENT_REFUNDED && m != MOMENT_DISPUTE_LOST)
		return RC_OK;
	if (m == MOMENT_DISPUTE_LOST &&
	    lemon_order_id(s->payment).len == 0)
		s->payment->refunded = s->payment->amount;
	TRY(tell_order(p, "order_refunded", s, data_of(s), e));
	return s->sub == NULL || (m == MOMENT_DISPUTE_LOST &&
	    lemon_order_id(s->payment).len > 0) ? RC_OK :
	    tell_bill(p, "subscription_payment_refunded", s, e);
}

static bool
plan_changed(const struct scene *s)
{
	return s->before != NULL && !str_eq(s->before->lines.at[0].price,
	    s->sub->lines.at[0].price);
}

/* What comes before the subscription_updated that always comes. */
static enum rc
tell_running(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	switch (m) {
	case MOMENT_RENEWED:
		return tell_bill(p, "subscription_payment_success", s, e);
	case MOMENT_RECOVERED:
		TRY(tell_bill(p, "subscription_payment_success", s, e));
		return tell_bill(p, "subscription_payment_recovered", s, e);
	case MOMENT_FAILED:
		return tell_bill(p, "subscription_payment_failed", s, e);
	case MOMENT_CHANGED:
		if (plan_changed(s))
			TRY(tell_sub(p, "subscription_plan_changed", s, e));
		return tell_bill(p, s->payment != NULL &&
		    str_eq(s->payment->status, STR("paid")) ?
		    "subscription_payment_success" :
		    "subscription_payment_failed", s, e);
	case MOMENT_CANCEL:
		return tell_sub(p, "subscription_cancelled", s, e);
	case MOMENT_UNCANCEL:
		return tell_sub(p, "subscription_resumed", s, e);
	case MOMENT_ENDED:
		return tell_sub(p, "subscription_expired", s, e);
	case MOMENT_PAUSED:
		return tell_sub(p, "subscription_paused", s, e);
	case MOMENT_RESUMED:
		return tell_sub(p, "subscription_unpaused", s, e);
	default:
		return RC_OK;
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
		return m == MOMENT_PAID ? tell_order(p, "order_created", s,
		    s->payment->data, e) : RC_OK;
	TRY(tell_running(p, m, s, e));
	return tell_sub(p, "subscription_updated", s, e);
}

const struct player	player_lemon = {
	.name = "lemonsqueezy", .id = new_id, .tell = tell_moment,
};
