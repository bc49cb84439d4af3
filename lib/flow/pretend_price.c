/*
 * What things cost in the play: the prices of the applied matrix, periods,
 * and the proration of a change.
 */
#include "base/calendar.h"
#include "base/clock.h"
#include "flow/catalog.h"
#include "flow/pretend.h"

enum {
	AMOUNT_UNSTATED	= 1000,	/* where the matrix gives no amount */
	TRIAL_DAYS	= 14,	/* of a price whose name speaks of a trial */
	MONTHS_A_YEAR	= 12,
};

static bool
mentions(struct str text, const char *word)
{
	return text.len > 0 &&
	    memmem(text.at, text.len, word, strlen(word)) != NULL;
}

/* What the words of a name say of the interval. */
static struct str
interval_said(struct str text)
{
	static const struct {
		const char	*word, *interval;
	} words[] = {
		{ "month", "month" }, { "year", "year" },
		{ "annual", "year" }, { "week", "week" }, { "daily", "day" },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (mentions(text, words[i].word))
			return str_of(words[i].interval);
	return STR_NONE;
}

static void
price_fill(const struct tier *t, const struct price *from,
    struct play_price *out)
{
	*out = (struct play_price){
		.id = from->id, .title = t->title, .product = t->id,
		.currency = from->currency, .interval = from->interval,
		.amount = from->amount < 0 ? AMOUNT_UNSTATED : from->amount,
	};
	if (out->currency.len == 0)
		out->currency = STR("eur");
	if (out->interval.len == 0)
		out->interval = interval_said(from->id);
	if (out->interval.len == 0)
		out->interval = interval_said(from->name);
	if (mentions(from->id, "trial") || mentions(from->name, "trial"))
		out->trial_days = TRIAL_DAYS;
	if (out->trial_days > 0 && out->interval.len == 0)
		out->interval = STR("month");
}

/* Matrices change, and what was sold before is still sold by its name. */
enum rc
play_price(struct play *p, struct str id, struct play_price *out,
    bool *found, struct err *e)
{
	struct str		 provider = str_of(p->as->name);
	const struct catalog	*catalog;
	const struct tier	*tier = NULL;

	*found = false;
	TRY(flow_catalog(p->f, &catalog, e));
	for (size_t i = catalog->count; i-- > 0 && tier == NULL; )
		if (catalog->editions[i].matrix != NULL)
			tier = matrix_sold_by(catalog->editions[i].matrix,
			    provider, id);
	for (size_t i = 0; tier != NULL && i < tier->price_count; i++)
		if (str_eq(tier->prices[i].provider, provider) &&
		    str_eq(tier->prices[i].id, id)) {
			price_fill(tier, &tier->prices[i], out);
			*found = true;
		}
	return RC_OK;
}

enum rc
play_sum(struct play *p, struct play_lines *lines, struct play_sum *sum,
    struct err *e)
{
	*sum = (struct play_sum){ .amount = 0 };
	for (size_t i = 0; i < lines->count; i++) {
		struct play_line	*l = &lines->at[i];
		struct play_price	 price;
		bool			 found;

		TRY(play_price(p, l->price, &price, &found, e));
		if (!found)
			return err_set(e, RC_INVALID_VALUE,
			    "Name a price of the applied matrix.",
			    "No such price: '%.*s'", STR_FMT(l->price));
		l->amount = price.amount * l->quantity;
		sum->amount += l->amount;
		sum->currency = price.currency;
		if (price.interval.len > 0)
			sum->interval = price.interval;
		if (price.trial_days > 0)
			sum->trial_days = price.trial_days;
	}
	return RC_OK;
}

int64_t
play_later(int64_t at, struct str interval, int64_t count)
{
	if (str_eq(interval, STR("day")))
		return at + count * DAY;
	if (str_eq(interval, STR("week")))
		return at + count * 7 * DAY;
	if (str_eq(interval, STR("year")))
		return calendar_months_later(at, count * MONTHS_A_YEAR);
	return calendar_months_later(at, count);
}

/* The part of an amount that the rest of the period is worth. */
static int64_t
part_of(const struct thing *sub, int64_t amount, int64_t at)
{
	int64_t	whole = (sub->until - sub->from) / SECOND,
		rest = (sub->until - at) / SECOND;

	if (whole <= 0 || rest <= 0)
		return 0;
	if (rest > whole)
		rest = whole;
	return (int64_t)((__int128)amount * rest / whole);
}

static void
bill_add(struct play_lines *bill, const struct play_line *from,
    int64_t amount, int64_t at, int64_t until)
{
	if (bill->count == PLAY_LINES_MAX)
		return;
	bill->at[bill->count++] = (struct play_line){
		.item = from->item, .price = from->price,
		.quantity = from->quantity, .amount = amount,
		.from = at, .until = until, .proration = true,
	};
}

/* Items that stay as they are are not on the bill. */
static bool
stays(const struct play_lines *others, const struct play_line *l)
{
	for (size_t i = 0; i < others->count; i++)
		if (str_eq(others->at[i].price, l->price) &&
		    others->at[i].quantity == l->quantity)
			return true;
	return false;
}

enum rc
play_prorate(struct play *p, const struct thing *sub,
    const struct play_lines *next, int64_t at, struct play_lines *bill,
    bool *whole, struct err *e)
{
	struct play_lines	old = sub->lines, new = *next;
	struct play_sum		was, is;
	bool			trial = sub->trial_until > at;

	*bill = (struct play_lines){ .count = 0 };
	TRY(play_sum(p, &old, &was, e));
	TRY(play_sum(p, &new, &is, e));
	*whole = !str_eq(was.interval, is.interval);
	if (trial)
		return RC_OK;
	for (size_t i = 0; i < old.count; i++)
		if (*whole || !stays(&new, &old.at[i]))
			bill_add(bill, &old.at[i],
			    -part_of(sub, old.at[i].amount, at), at,
			    sub->until);
	for (size_t i = 0; i < new.count; i++)
		if (*whole)
			bill_add(bill, &new.at[i], new.at[i].amount, at,
			    play_later(at, is.interval, 1));
		else if (!stays(&old, &new.at[i]))
			bill_add(bill, &new.at[i],
			    part_of(sub, new.at[i].amount, at), at,
			    sub->until);
	return RC_OK;
}
