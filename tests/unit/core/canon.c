/*
 * Writes fast: millions of states are compared.
 */
#include "base/guard.h"
#include "unit/core/canon.h"

void
canon_begin(struct canon *c)
{
	c->len = 0;
}

static void
raw(struct canon *c, const char *at, size_t len)
{
	must(c->len + len <= sizeof(c->at));
	if (len > 0)
		memcpy(c->at + c->len, at, len);
	c->len += len;
}

static void
text(struct canon *c, const char *name, struct str s)
{
	if (s.len == 0)
		return;
	raw(c, name, strlen(name));
	raw(c, "=", 1);
	raw(c, s.at, s.len);
	raw(c, "\n", 1);
}

static void
number(struct canon *c, const char *name, int64_t n)
{
	static const char	 hex[] = "0123456789abcdef";
	char			 digits[16];
	size_t			 i = sizeof(digits);
	uint64_t		 rest = (uint64_t)n;

	if (n == 0)
		return;
	for (; rest > 0; rest >>= 4)
		digits[--i] = hex[rest & 15];
	text(c, name, (struct str){ digits + i, sizeof(digits) - i });
}

/* --- objects ----------------------------------------------------------- */

static void
put_key(struct canon *c, const char *name, const struct object_key *k)
{
	text(c, name, k->provider);
	text(c, "account", k->account);
	text(c, "kind", str_of(object_kind_names[k->kind]));
	text(c, "ref", k->ref);
}

static void
put_terms(struct canon *c, const struct terms *t)
{
	text(c, "terms.session", t->session);
	text(c, "terms.user", t->user);
	text(c, "terms.tier", t->tier);
	for (size_t i = 0; i < t->addon_count; i++)
		text(c, "terms.addon", t->addons[i]);
	number(c, "terms.quantity", t->quantity);
	number(c, "terms.matrix_version", t->matrix_version);
	number(c, "terms.amount", t->amount);
	text(c, "terms.currency", t->currency);
}

static void
put_who(struct canon *c, const struct object *o)
{
	number(c, "livemode", o->livemode);
	number(c, "first_at", o->first_at);
	number(c, "priced_at", o->priced_at);
	for (size_t i = 0; i < o->link_count; i++)
		put_key(c, "link", &o->links[i]);
	text(c, "user", o->user);
	number(c, "torn", o->torn);
	text(c, "session", o->session);
	number(c, "named_by", o->named_by);
	put_terms(c, &o->terms);
}

static void
put_money(struct canon *c, const struct object *o)
{
	number(c, "paid_at", o->paid_at);
	number(c, "amount", o->amount);
	text(c, "currency", o->currency);
	number(c, "step", o->step);
	number(c, "step_at", o->step_at);
	number(c, "closing", o->closing);
	number(c, "closed_at", o->closed_at);
	for (size_t i = 0; i < o->refund_count; i++) {
		text(c, "refund", o->refunds[i].id);
		number(c, "refund.state", o->refunds[i].state);
		number(c, "refund.at", o->refunds[i].at);
		number(c, "refund.amount", o->refunds[i].amount);
	}
	number(c, "refunded", o->refunded);
	number(c, "refunded_at", o->refunded_at);
	for (size_t i = 0; i < o->dispute_count; i++) {
		text(c, "dispute", o->disputes[i].id);
		number(c, "dispute.state", o->disputes[i].state);
		number(c, "dispute.at", o->disputes[i].at);
	}
}

static void
put_subscription(struct canon *c, const struct object *o)
{
	for (size_t i = 0; i < o->item_count; i++) {
		text(c, "price", o->items[i].price);
		number(c, "quantity", o->items[i].quantity);
	}
	number(c, "items_at", o->items_at);
	number(c, "recurring", o->recurring);
	number(c, "state", o->state);
	number(c, "state_at", o->state_at);
	number(c, "trial_end", o->trial_end);
	number(c, "cancel_at", o->cancel_at);
	number(c, "paid_until", o->paid_until);
	number(c, "paid_until_at", o->paid_until_at);
	number(c, "ended_at", o->ended_at);
}

void
canon_objects(struct canon *c, const struct object *objects, size_t count)
{
	const struct object	*order[CANON_OBJECTS];

	must(count <= COUNT(order));
	for (size_t i = 0; i < count; i++) {
		size_t	 j = i;

		for (; j > 0 && object_key_cmp(&order[j - 1]->key,
		    &objects[i].key) > 0; j--)
			order[j] = order[j - 1];
		order[j] = &objects[i];
	}
	for (size_t i = 0; i < count; i++) {
		put_key(c, "object", &order[i]->key);
		put_who(c, order[i]);
		put_money(c, order[i]);
		put_subscription(c, order[i]);
	}
}

/* --- a holding --------------------------------------------------------- */

static void
put_source(struct canon *c, const struct source *s, bool bare)
{
	number(c, "reason", s->reason);
	text(c, "of", s->tier);
	if (!bare)
		text(c, "cause", s->cause);
}

static void
put_quota(struct canon *c, struct quota q)
{
	number(c, "unlimited", q.unlimited);
	number(c, "max", q.unlimited ? 0 : q.max);
}

static void
put_lists(struct canon *c, const struct holding *h, bool bare)
{
	for (size_t i = 0; i < h->capability_count; i++) {
		text(c, "can", h->capabilities[i].name);
		put_source(c, &h->capabilities[i].source, bare);
	}
	for (size_t i = 0; i < h->denied_count; i++) {
		text(c, "denied", h->denied[i].name);
		put_source(c, &h->denied[i].source, bare);
	}
	for (size_t i = 0; i < h->limit_count; i++) {
		text(c, "limit", h->limits[i].name);
		put_quota(c, h->limits[i].quota);
		number(c, "per", h->limits[i].per);
		put_source(c, &h->limits[i].source, bare);
	}
	for (size_t i = 0; i < h->asset_count; i++) {
		text(c, "slot", h->assets[i].slot);
		number(c, "type", h->assets[i].type);
		number(c, "suspended", h->assets[i].suspended);
		text(c, "prefix", h->assets[i].prefix);
		number(c, "overlap", h->assets[i].overlap);
		put_quota(c, h->assets[i].quota);
		number(c, "count", h->assets[i].count);
		put_source(c, &h->assets[i].source, bare);
	}
}

static void
put_holding(struct canon *c, const struct holding *h, bool bare)
{
	text(c, "tier", h->tier);
	number(c, "quantity", h->quantity);
	number(c, "state", h->state);
	number(c, "livemode", h->livemode);
	number(c, "matrix_version", h->matrix_version);
	number(c, "follows_newest", h->follows_newest);
	number(c, "derived_under", h->derived_under);
	number(c, "renews_at", h->renews_at);
	number(c, "ends_at", h->ends_at);
	number(c, "trial_ends_at", h->trial_ends_at);
	number(c, "grace_ends_at", h->grace_ends_at);
	number(c, "due_at", h->due_at);
	put_lists(c, h, bare);
}

void
canon_holding(struct canon *c, const struct holding *h)
{
	put_holding(c, h, false);
}

void
canon_holding_bare(struct canon *c, const struct holding *h)
{
	put_holding(c, h, true);
}
