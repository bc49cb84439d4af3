/*
 * Small readers that Lemon Squeezy's objects share.  Numbers may come as
 * texts, ids come as both, and any member may be null.
 */
#include "base/clock.h"
#include "base/text.h"
#include "provider/lemon.h"

bool
lemon_int(const struct node *n, const char *path, int64_t *out)
{
	return node_int(n, path, out) || str_int64(node_text(n, path), out);
}

struct str
lemon_id(const struct node *n, const char *path, struct arena *a)
{
	int64_t	number;

	if (!lemon_int(n, path, &number) || number <= 0)
		return STR_NONE;
	return arena_text(a, "%lld", (long long)number);
}

int64_t
lemon_moment(const struct node *n, const char *path)
{
	int64_t	at = 0;

	return text_untime(node_text(n, path), &at) && at > 0 ? at : 0;
}

int64_t
lemon_time(const struct node *data)
{
	int64_t	own = lemon_moment(data, "attributes.updated_at");
	int64_t	item = lemon_moment(data,
		    "attributes.first_subscription_item.updated_at");

	if (own == 0)
		own = lemon_moment(data, "attributes.created_at");
	return own > item ? own : item;
}

int64_t
lemon_seen(const struct node *root, int64_t at)
{
	int64_t	seen = lemon_moment(root, "meta." LEMON_SEEN_AT);
	int64_t	last = at - at % SECOND + SECOND - 1;

	if (seen == 0 || at == last)
		return seen == 0 ? 0 : at;
	if (seen <= at)
		return at + 1;
	return seen < last ? seen : last;
}

bool
lemon_status(const struct lemon_event *l, struct str word)
{
	return str_eq(node_text(l->attributes, "status"), word);
}

/* A value of custom_data: texts by the documentation, numbers perhaps. */
static struct str
custom_text(const struct lemon_event *l, const char *name)
{
	int64_t	number;

	if (node_int(l->custom, name, &number))
		return arena_text(l->make.arena, "%lld", (long long)number);
	return node_text(l->custom, name);
}

/*
 * custom_data stands in the checkout's URL, where the buyer can write it: it
 * may say whose a purchase is, never what was bought.
 */
enum rc
lemon_fact(struct lemon_event *l, enum fact_kind kind,
    enum object_kind object, struct fact **out, struct err *e)
{
	TRY(event_fact(&l->make, kind, object, l->id, out, e));
	event_names(&l->make, *out, custom_text(l, "rung_user"),
	    custom_text(l, "rung_session"), NAMED_BY_BUYER);
	return RC_OK;
}

/* ISO 4217 in lower case; "" for anything else. */
static struct str
currency_read(const struct lemon_event *l)
{
	struct str	given = node_text(l->attributes, "currency");
	char		lower[3];

	if (given.len != sizeof(lower))
		return STR_NONE;
	for (size_t i = 0; i < sizeof(lower); i++) {
		lower[i] = given.at[i];
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] = (char)(lower[i] - 'A' + 'a');
		if (lower[i] < 'a' || lower[i] > 'z')
			return STR_NONE;
	}
	return arena_keep(l->make.arena,
	    (struct str){ lower, sizeof(lower) });
}

enum rc
lemon_money(struct lemon_event *l, struct fact *f, struct err *e)
{
	if (!lemon_int(l->attributes, "total", &f->amount) || f->amount < 0) {
		f->amount = 0;
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its total is missing or no amount");
	}
	f->currency = currency_read(l);
	if (f->currency.len == 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its currency is missing or none");
	return RC_OK;
}

enum rc
lemon_item(struct fact *f, struct str variant,
    const struct node *line, struct err *e)
{
	int64_t	quantity = 1;

	if (lemon_int(line, "quantity", &quantity) && quantity == 0 &&
	    node_bool(line, "is_usage_based"))
		quantity = 1;
	if (variant.len == 0 || quantity < 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "what it sells has no variant or quantity we can read");
	if (quantity == 0)
		return RC_OK;
	f->items[f->item_count++] = (struct item){
		.price = variant,
		.quantity = quantity < QUANTITY_MAX ? quantity : QUANTITY_MAX,
	};
	return RC_OK;
}
