/*
 * Proration by time, in whole minor units.
 */
#include "base/clock.h"
#include "core/estimate.h"
#include "core/sum.h"

/* How long a period is, as near as an estimate needs. */
static int64_t
length_of(struct str interval)
{
	if (str_eq(interval, STR("day")))
		return DAY;
	if (str_eq(interval, STR("week")))
		return 7 * DAY;
	if (str_eq(interval, STR("month")))
		return 30 * DAY;
	if (str_eq(interval, STR("year")))
		return 365 * DAY;
	return 0;
}

/* amount * part / whole, rounded to the nearest, halves away from zero. */
static int64_t
share(int64_t amount, int64_t part, int64_t whole)
{
	__int128	 product = (__int128)amount * part;
	__int128	 half = product < 0 ? -whole / 2 : whole / 2;

	return (int64_t)((product + half) / whole);
}

static bool
stated(const struct price *p)
{
	return p != NULL && p->amount >= 0 && p->currency.len > 0;
}

static void
renew(struct estimate *out, const struct price *p, int64_t quantity)
{
	out->currency = p->currency;
	out->interval = p->interval;
	out->renews = p->interval.len > 0;
	out->next = out->renews ? sum_times(p->amount, quantity) : 0;
}

/* The rest of the period that is paid for, at most one whole. */
static int64_t
rest_of(const struct estimate_ask *ask, int64_t length)
{
	int64_t	 rest = ask->paid_until - ask->now;

	if (rest < 0)
		return 0;
	return rest < length ? rest : length;
}

static bool
change_now(const struct estimate_ask *ask, struct estimate *out)
{
	int64_t	 old, new, length;

	if (!stated(ask->to))
		return false;
	renew(out, ask->to, ask->to_quantity);
	if (ask->trialing)
		return true;
	if (!stated(ask->from) || ask->paid_until == 0 ||
	    !str_eq(ask->from->currency, ask->to->currency))
		return false;
	length = length_of(ask->from->interval);
	if (length == 0)
		return false;
	old = sum_times(ask->from->amount, ask->from_quantity);
	new = sum_times(ask->to->amount, ask->to_quantity);
	if (str_eq(ask->from->interval, ask->to->interval))
		out->now = share(sum_add(new, -old), rest_of(ask, length),
		    length);
	else
		out->now = sum_add(new, -share(old, rest_of(ask, length),
		    length));
	return true;
}

bool
estimate(const struct estimate_ask *ask, struct estimate *out)
{
	struct estimate	 found = { .now = 0 };
	bool		 known = true;

	switch (ask->change) {
	case CHANGE_NONE:
		if ((known = stated(ask->to))) {
			renew(&found, ask->to, ask->to_quantity);
			found.now = sum_times(ask->to->amount,
			    ask->to_quantity);
		}
		break;
	case CHANGE_NOW:
		known = change_now(ask, &found);
		break;
	case CHANGE_PLANNED:
		if ((known = stated(ask->to)))
			renew(&found, ask->to, ask->to_quantity);
		break;
	case CHANGE_RESUME:
		if ((known = stated(ask->from)))
			renew(&found, ask->from, ask->from_quantity);
		break;
	default:		/* an end costs nothing, and nothing follows */
		if ((known = stated(ask->from)))
			found.currency = ask->from->currency;
	}
	if (known)
		*out = found;
	return known;
}
