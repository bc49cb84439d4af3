/*
 * Paddle's player: its ids, and which events it sends at which moment.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "flow/pretend_paddle.h"
#include "flow/pretend_shape.h"

enum {
	TIME_CHARS	= 10,
	ULID_CHARS	= 26,
	DIGIT_BITS	= 5,
};

static const char	digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

struct str
paddle_id(struct play *p, const char *prefix, int64_t at)
{
	char	ulid[ULID_CHARS];
	uint8_t	random[ULID_CHARS];
	int64_t	ms = at / 1000;

	secret_random(random, sizeof(random));
	for (size_t i = TIME_CHARS; i-- > 0; ms >>= DIGIT_BITS)
		ulid[i] = digits[ms & 31];
	for (size_t i = TIME_CHARS; i < ULID_CHARS; i++)
		ulid[i] = digits[random[i] & 31];
	return arena_text(p->f->arena, "%s%.*s", prefix, ULID_CHARS, ulid);
}

int64_t
paddle_id_time(struct str id)
{
	int64_t		 ms = 0;
	const char	*digit;

	str_cut(&id, '_');
	if (id.len != ULID_CHARS)
		return 0;
	for (size_t i = 0; i < TIME_CHARS; i++) {
		digit = memchr(digits, id.at[i], sizeof(digits) - 1);
		if (digit == NULL)
			return 0;
		ms = ms << DIGIT_BITS | (digit - digits);
	}
	return ms * 1000;
}

static struct str
new_id(struct play *p, enum play_id kind)
{
	static const char *const	prefixes[] = {
		[ID_CHECKOUT] = "txn_", [ID_SUBSCRIPTION] = "sub_",
		[ID_PAYMENT] = "txn_", [ID_INVOICE] = "inv_",
		[ID_CHARGE] = "paymtd_", [ID_CUSTOMER] = "ctm_",
		[ID_REFUND] = "adj_", [ID_DISPUTE] = "adj_",
		[ID_SCHEDULE] = "", [ID_ORDER] = "", [ID_ITEM] = "",
	};

	if (prefixes[kind][0] == '\0')
		return STR_NONE;
	return paddle_id(p, prefixes[kind], p->f->now);
}

/* One event around an entity that was written into *data. */
static enum rc
tell(struct play *p, const char *type, struct out *data, struct err *e)
{
	struct str	id = paddle_id(p, "evt_", p->f->now), entity, body;
	struct out	o;

	out_close(data, '}');
	TRY(out_take(data, "an entity of Paddle's", &entity, e));
	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "data", entity);
	out_text(&o, "event_id", id);
	out_name(&o, "event_type", type);
	out_time(&o, "occurred_at", p->f->now);
	out_text(&o, "notification_id", paddle_id(p, "ntf_", p->f->now));
	out_close(&o, '}');
	TRY(out_take(&o, "an event", &body, e));
	return play_event(p, id, str_of(type), body, e);
}

static enum rc
tell_bill(struct play *p, const char *type, const struct scene *s,
    const char *status, struct err *e)
{
	struct thing	pay = *s->payment;
	struct out	o;

	if (status != NULL)
		pay.status = str_of(status);
	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	paddle_write_transaction(p, &o, &pay, s->sub);
	return tell(p, type, &o, e);
}

static enum rc
tell_sub(struct play *p, const char *type, const struct scene *s,
    bool created, struct err *e)
{
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	paddle_write_subscription(p, &o, s->sub);
	if (created)
		out_text(&o, "transaction_id", s->payment->ref);
	return tell(p, type, &o, e);
}

static enum rc
tell_paid(struct play *p, const struct scene *s, struct err *e)
{
	struct scene	early = { .payment = s->payment };

	/* At first neither fees nor the subscription are known. */
	if (s->sub != NULL)
		s->payment->data = s->sub->data;
	TRY(tell_bill(p, "transaction.paid", &early, "taken", e));
	if (s->sub != NULL) {
		TRY(tell_sub(p, "subscription.created", s, true, e));
		TRY(tell_sub(p, s->sub->trial_until > 0 ?
		    "subscription.trialing" : "subscription.activated", s,
		    false, e));
	}
	return tell_bill(p, "transaction.completed", s, NULL, e);
}

static enum rc
tell_checkout(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	struct thing	unpaid;
	struct scene	alone = { .payment = s->payment };

	if (alone.payment == NULL) {
		paddle_unpaid(s->checkout, &unpaid);
		alone.payment = &unpaid;
	} else {
		alone.payment->data = s->checkout->data;
		alone.payment->sub = STR_NONE;
	}
	switch (m) {
	case MOMENT_OPENED:
		return tell_bill(p, "transaction.created", &alone, NULL, e);
	case MOMENT_ACTION:
	case MOMENT_PROCESSING:
		return tell_bill(p, "transaction.updated", &alone, NULL, e);
	case MOMENT_DECLINED:
	case MOMENT_SLOW_FAILED:
		return tell_bill(p, "transaction.payment_failed", &alone,
		    NULL, e);
	case MOMENT_ABANDONED:
		return tell_bill(p, "transaction.canceled", &alone,
		    "canceled", e);
	default:
		if (s->sub != NULL)
			s->payment->sub = s->sub->ref;
		return tell_paid(p, s, e);
	}
}

static enum rc
tell_adjustment(struct play *p, const char *type, const struct thing *part,
    const char *status, bool reversal, struct err *e)
{
	struct thing	as = *part;
	struct out	o;

	if (status != NULL)
		as.status = str_of(status);
	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	paddle_write_adjustment(p, &o, &as, reversal);
	return tell(p, type, &o, e);
}

/* A dispute that is lost stays as it is: nothing is told. */
static enum rc
tell_part(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	switch (m) {
	case MOMENT_REFUNDED:
		TRY(tell_adjustment(p, "adjustment.created", s->part,
		    "pending", false, e));
		return tell_adjustment(p, "adjustment.updated", s->part, NULL,
		    false, e);
	case MOMENT_DISPUTED:
		return tell_adjustment(p, "adjustment.created", s->part, NULL,
		    false, e);
	case MOMENT_DISPUTE_WON:
		TRY(tell_adjustment(p, "adjustment.created", s->part, NULL,
		    true, e));
		return tell_adjustment(p, "adjustment.updated", s->part, NULL,
		    false, e);
	default:
		return RC_OK;
	}
}

static enum rc
tell_unpaid(struct play *p, const struct scene *s, struct err *e)
{
	TRY(tell_bill(p, "transaction.payment_failed", s, NULL, e));
	TRY(tell_bill(p, "transaction.past_due", s, NULL, e));
	return tell_sub(p, "subscription.past_due", s, false, e);
}

static enum rc
tell_running(struct play *p, enum play_moment m, const struct scene *s,
    struct err *e)
{
	switch (m) {
	case MOMENT_FAILED:
		return tell_unpaid(p, s, e);
	case MOMENT_CHANGED:
		if (s->payment != NULL &&
		    !str_eq(s->payment->status, STR("paid")))
			return tell_unpaid(p, s, e);
		TRY(tell_sub(p, "subscription.updated", s, false, e));
		return s->payment == NULL ? RC_OK :
		    tell_bill(p, "transaction.completed", s, NULL, e);
	case MOMENT_RENEWED:
	case MOMENT_RECOVERED:
		TRY(tell_bill(p, "transaction.completed", s, NULL, e));
		if (str_eq(s->before->status, STR("trialing")))
			TRY(tell_sub(p, "subscription.activated", s, false,
			    e));
		return tell_sub(p, "subscription.updated", s, false, e);
	case MOMENT_ENDED:
		return tell_sub(p, "subscription.canceled", s, false, e);
	case MOMENT_PAUSED:
		return tell_sub(p, "subscription.paused", s, false, e);
	case MOMENT_RESUMED:
		return tell_sub(p, "subscription.resumed", s, false, e);
	default:
		return tell_sub(p, "subscription.updated", s, false, e);
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
	if (s->sub != NULL)
		return tell_running(p, m, s, e);
	return m == MOMENT_PAID ? tell_paid(p, s, e) :
	    tell_bill(p, "transaction.payment_failed", s, NULL, e);
}

const struct player	player_paddle = {
	.name = "paddle", .id = new_id, .tell = tell_moment,
};
