/*
 * What purchases and time do to an attempt to upgrade.
 */
#include "base/clock.h"
#include "core/session.h"

#define X(id, name)	[SESSION_##id] = (name),
const char *const session_state_names[SESSION__COUNT] = { SESSION_STATES(X) };
#undef X
#define X(id, name)	[PAYMENT_##id] = (name),
const char *const payment_state_names[PAYMENT__COUNT] = { PAYMENT_STATES(X) };
#undef X
#define X(id, name)	[BECAUSE_##id] = (name),
const char *const session_reason_names[BECAUSE__COUNT] = { SESSION_REASONS(X) };
#undef X

_Static_assert(SESSION__COUNT == 5, "teach the schema and the API the new one");

bool
session_final(enum session_state s)
{
	return s != SESSION_PENDING;
}

/* What the purchases that name a session come to, all together. */
struct outcome {
	bool			 named;		/* any at all */
	bool			 right;		/* what was asked for is paid */
	bool			 other;		/* something else is */
	bool			 open;		/* one may still be paid */
	enum closing		 closing;	/* the gravest */
	enum pay_step		 step;		/* of the latest attempt */
	int64_t			 step_at;
};

/* --- one purchase ------------------------------------------------------ */

/* Was it ever paid, or is it live without money (a trial)? */
static bool
bought(const struct purchase *p)
{
	if (p->state == PURCHASE_PENDING)
		return false;
	return purchase_live(p->state) || p->paid_at != 0 ||
	    p->paid_until != 0;
}

/*
 * Is it known what the money was for?  A payment without a price, that only
 * the buyer's own word ties to a session, waits for its line items.
 */
static bool
understood(const struct purchase *p)
{
	return p->sold_count > 0 || p->unmapped;
}

static bool
is_addon_of(const struct terms *t, const struct sold *s)
{
	if (!s->tier->addon || s->quantity != t->quantity)
		return false;
	for (size_t i = 0; i < t->addon_count; i++)
		if (str_eq(t->addons[i], s->tier->id))
			return true;
	return false;
}

static bool
is_tier_of(const struct terms *t, const struct sold *s)
{
	return !s->tier->addon && s->quantity == t->quantity &&
	    str_eq(t->tier, s->tier->id);
}

/*
 * Does a changed subscription sell the tier asked for?  The add-ons that it
 * sold before stay.
 */
static bool
changed_as_asked(const struct purchase *p, const struct terms *t)
{
	bool	 there = false;

	for (size_t i = 0; i < p->sold_count; i++) {
		if (is_tier_of(t, &p->sold[i]))
			there = true;
		else if (!p->sold[i].tier->addon)
			return false;
	}
	return there && !p->unmapped;
}

/* Does it sell exactly what the session asked for? */
static bool
as_asked(const struct purchase *p, const struct terms *t)
{
	if (t->change == CHANGE_NOW)
		return changed_as_asked(p, t);
	if (p->unmapped ||
	    p->sold_count != t->addon_count + (t->tier.len > 0))
		return false;
	for (size_t i = 0; i < p->sold_count; i++)
		if (!is_tier_of(t, &p->sold[i]) &&
		    !is_addon_of(t, &p->sold[i]))
			return false;
	return true;
}

/*
 * A running subscription that a session names is changed at its provider
 * after the session began: until that is heard, what it sells is not another
 * price.  Providers' times are whole seconds.  One that we change ourselves
 * may be told of as it was in between, while money for it is still out.
 */
static bool
as_before(const struct purchase *p, const struct session *s)
{
	return s->terms.change == CHANGE_NOW || (p->head != NULL &&
	    p->head->state_at / SECOND < s->created_at / SECOND);
}

/* --- all of them ------------------------------------------------------- */

/*
 * A purchase that is not bought.  One that is over was given up.  Money that
 * is in, but waits for another word, is not undone by a closing.
 */
static void
attempt(struct outcome *o, const struct purchase *p)
{
	enum closing	 closing = p->state == PURCHASE_ENDED ?
			    CLOSED_ABANDONED : p->closing;

	if (closing == CLOSED_OPEN || p->paid_at != 0)
		o->open = true;
	else if (closing > o->closing)
		o->closing = closing;
	if (p->step_at > o->step_at ||
	    (p->step_at == o->step_at && p->step > o->step)) {
		o->step = p->step;
		o->step_at = p->step_at;
	}
}

static struct outcome
look(const struct session *s, const struct purchase *list, size_t count)
{
	struct outcome	 o = { 0 };

	/* What costs nothing ends by the provider's yes: see lib/flow. */
	if (s->terms.change > CHANGE_NOW)
		return o;
	for (size_t i = 0; i < count; i++) {
		const struct purchase *p = &list[i];

		if (!str_eq(p->session, s->id) || p->livemode != s->livemode)
			continue;
		o.named = true;
		if (!bought(p))
			attempt(&o, p);
		else if (!understood(p))
			o.open = true;
		else if (as_asked(p, &s->terms))
			o.right = true;
		else if (as_before(p, s))
			o.open = true;
		else
			o.other = true;
	}
	return o;
}

/* --- the session ------------------------------------------------------- */

static void
end(struct session *s, enum session_state state, enum session_reason reason,
    int64_t now)
{
	s->state = state;
	s->reason = reason;
	s->ended_at = now;
}

static enum payment_state
payment_of(const struct outcome *o, enum payment_state known)
{
	if (o->right || o->other)
		return PAYMENT_PAID;
	switch (o->step) {
	case PAY_UNPAID:
		return PAYMENT_UNPAID;
	case PAY_REQUIRES_ACTION:
		return PAYMENT_REQUIRES_ACTION;
	case PAY_PROCESSING:
		return PAYMENT_PROCESSING;
	case PAY_FAILED:
		return PAYMENT_FAILED;
	default:
		return known;
	}
}

static void
close_by(struct session *s, enum closing closing, int64_t now)
{
	switch (closing) {
	case CLOSED_EXPIRED:
		end(s, SESSION_EXPIRED, BECAUSE_EXPIRED, now);
		return;
	case CLOSED_DECLINED:
		s->payment = PAYMENT_FAILED;
		end(s, SESSION_FAILED, BECAUSE_DECLINED, now);
		return;
	default:
		end(s, SESSION_FAILED, BECAUSE_ABANDONED, now);
	}
}

/*
 * The moment of expiry is in the session from its start, so it holds whether
 * or not anybody looked in between.  Money under way is waited for.
 */
static bool
expired(const struct session *before, const struct session *s, int64_t now)
{
	return now >= before->expires_at &&
	    before->payment != PAYMENT_PROCESSING &&
	    s->payment != PAYMENT_PROCESSING;
}

static void
move(const struct session *before, struct session *s, const struct outcome *o,
    int64_t now)
{
	s->payment = payment_of(o, s->payment);
	if (expired(before, s, now))
		end(s, SESSION_EXPIRED, BECAUSE_EXPIRED, now);
	else if (o->right)
		end(s, SESSION_COMPLETED, BECAUSE_NONE, now);
	else if (o->other)
		end(s, SESSION_FAILED, BECAUSE_OTHER_PRICE_PAID, now);
	else if (o->named && !o->open)
		close_by(s, o->closing, now);
}

bool
session_step(const struct session *before, const struct purchase *purchases,
    size_t count, int64_t now, struct session *out)
{
	struct outcome	 o;

	*out = *before;
	if (session_final(before->state))
		return false;
	o = look(before, purchases, count);
	move(before, out, &o, now);
	if (out->state == before->state && out->payment == before->payment)
		return false;
	out->version++;
	return true;
}
