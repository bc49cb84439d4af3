/*
 * Small readers that Stripe's objects share: the fact's object, our names in
 * metadata, money and time.
 */
#include "base/clock.h"
#include "provider/stripe.h"

#define YEAR_3000	INT64_C(32503680000)	/* in unix seconds */

enum rc
stripe_fact(struct stripe_event *s, enum fact_kind kind,
    enum object_kind object, const char *id_path, struct fact **out,
    struct err *e)
{
	return event_fact(&s->make, kind, object,
	    node_id(s->object, id_path), out, e);
}

void
stripe_names(struct stripe_event *s, struct fact *f,
    const struct node *metadata)
{
	event_names(&s->make, f, node_text(metadata, "rung_user"),
	    node_text(metadata, "rung_session"), NAMED_BY_METADATA);
}

enum rc
stripe_amount(struct stripe_event *s, const char *member, struct fact *f,
    struct err *e)
{
	int64_t	amount;

	if (!node_int(s->object, member, &amount) || amount < 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s of the %s is missing or no amount",
		    member, s->row->object);
	f->amount = amount;
	return RC_OK;
}

/* ISO 4217 as Stripe writes it: three letters in lower case. */
static bool
is_currency(struct str s)
{
	if (s.len != 3)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < 'a' || s.at[i] > 'z')
			return false;
	return true;
}

enum rc
stripe_money(struct stripe_event *s, const char *member, struct fact *f,
    struct err *e)
{
	struct str	currency = node_text(s->object, "currency");

	TRY(stripe_amount(s, member, f, e));
	if (!is_currency(currency))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "the currency of the %s is missing or none",
		    s->row->object);
	f->currency = arena_keep(s->make.arena, currency);
	return RC_OK;
}

int64_t
stripe_time(const struct node *n, const char *path)
{
	int64_t	seconds;

	if (!node_int(n, path, &seconds) || seconds <= 0 ||
	    seconds >= YEAR_3000)
		return 0;
	return seconds * SECOND;
}
