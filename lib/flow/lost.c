/*
 * Holding purchases without a name, and finding their sessions by the e-mail
 * address of the buyer.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/lost.h"
#include "store/intent_store.h"
#include "store/session_store.h"
#include "store/world.h"

enum {
	OPENED_MAX	= 20,		/* checkouts of one address */
	HELD_BYTES_MAX	= ARENA_BYTES_MAX / 2,
};

/* --- what a listed body speaks of -------------------------------------- */

static struct object_key
key_keep(struct arena *a, const struct object_key *key)
{
	return (struct object_key){
		.provider = arena_keep(a, key->provider),
		.account = arena_keep(a, key->account),
		.kind = key->kind, .ref = arena_keep(a, key->ref),
	};
}

/* A listed body, as far as it matters here. */
struct listed {
	struct str		 buyer;
	struct object_key	*keys;		/* all that it speaks of */
	size_t			 key_count;
	struct lost		 lost;
	bool			 bought;	/* money is in for one thing, or a
						 * subscription to it began */
};

static void
keys_read(struct listed *x, const struct event *ev, struct arena *a)
{
	x->keys = arena_many(a, ev->fact_count * (LINKS_MAX + 1) + 1,
	    struct object_key);
	for (size_t i = 0; i < ev->fact_count; i++) {
		const struct fact *f = &ev->facts[i];

		x->keys[x->key_count++] = f->object;
		for (size_t n = 0; n < f->link_count; n++)
			x->keys[x->key_count++] = f->links[n];
	}
}

static struct listed
listed_read(const struct provider *p, const struct event *ev,
    struct arena *a)
{
	struct listed	 x = {
		.buyer = ev->buyer,
		.lost = {
			.provider = str_of(p->name),
			.livemode = ev->livemode, .made_at = ev->made_at,
		},
	};
	bool		 paid = false;
	size_t		 items = 0;

	keys_read(&x, ev, a);
	for (size_t i = 0; i < ev->fact_count; i++) {
		const struct fact *f = &ev->facts[i];

		paid = paid || f->kind == FACT_PAID || f->kind == FACT_STATE;
		items += f->item_count;
		if (f->item_count > 0) {
			x.lost.price = f->items[0].price;
			x.lost.quantity = f->items[0].quantity;
		}
	}
	x.bought = paid && items == 1 && ev->made_at != 0;
	return x;
}

static bool
shares_key(const struct held *h, const struct listed *x)
{
	for (size_t i = 0; i < h->key_count; i++)
		for (size_t n = 0; n < x->key_count; n++)
			if (object_key_cmp(&h->keys[i], &x->keys[n]) == 0)
				return true;
	return false;
}

/* The held purchase that this is a part of, or NULL. */
static const struct held *
head_of(const struct lost_list *l, const struct listed *x)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct held *h = l->held[i];

		if (shares_key(h, x))
			return h->head != NULL ? h->head : h;
	}
	return NULL;
}

/* --- the checkouts of an address --------------------------------------- */

/* Does its user own anything that names this session? */
static enum rc
spent_read(struct flow *f, struct opened *o, struct err *e)
{
	GUARD(arena_free) struct arena	*a =
	    arena_new("world", ARENA_BYTES_MAX);
	struct world			 w;

	must(a != NULL);
	TRY(world_read(f->db, f->seller, o->session.terms.user, a, &w, e));
	for (size_t i = 0; i < w.object_count; i++)
		if (str_eq(w.objects[i].object.session, o->session.id))
			o->spent = true;
	return RC_OK;
}

/* The newest of them; *many tells that there are more. */
static enum rc
opened_read(struct flow *f, const struct listed *x, struct opened *out,
    size_t *count, bool *many, struct err *e)
{
	struct opened_row	*rows = NULL;
	size_t			 n = 0;

	*count = 0;
	TRY(intents_of_email(f->db, f->seller, x->buyer, OPENED_MAX + 1,
	    f->arena, &rows, &n, e));
	*many = n > OPENED_MAX;
	for (size_t i = 0; i < n && i < OPENED_MAX; i++) {
		struct opened	*o = &out[*count];
		bool		 found = false;

		*o = (struct opened){ .opened_at = rows[i].opened_at };
		TRY(session_read(f->db, f->seller, rows[i].session, f->arena,
		    &o->session, &found, e));
		if (found && lost_fits(&x->lost, o))
			TRY(spent_read(f, o, e));
		*count += found;
	}
	return RC_OK;
}

/* --- holding ----------------------------------------------------------- */

/* What must be said where nobody is found, and what can be done. */
static struct str
nobody(struct arena *a, enum finding finding, const struct object_key *key)
{
	return arena_text(a, "nobody's: %s; a start with a server key may "
	    "name it as its payment, %s:%.*s", finding_words[finding],
	    object_kind_names[key->kind], STR_FMT(key->ref));
}

static struct difference
difference_keep(struct arena *a, const struct difference *d)
{
	struct difference	 kept = *d;

	kept.event_id = arena_keep(a, d->event_id);
	kept.type = arena_keep(a, d->type);
	kept.object = key_keep(a, &d->object);
	kept.user = arena_keep(a, d->user);
	kept.what = arena_keep(a, d->what);
	return kept;
}

static enum rc
too_many(struct err *e)
{
	return err_set(e, RC_BROKEN, "Ask for a shorter time.",
	    "too many listed purchases have no owner");
}

static struct held *
held_add(struct lost_list *l, const struct listed *x)
{
	struct held	*h = arena_one(l->arena, struct held), **list;

	if (l->count == l->room) {
		l->room = l->room == 0 ? 64 : 2 * l->room;
		list = arena_many(l->arena, l->room, struct held *);
		if (l->count > 0)
			memcpy(list, l->held, l->count * sizeof(*list));
		l->held = list;
	}
	h->keys = arena_many(l->arena, x->key_count, struct object_key);
	for (size_t i = 0; i < x->key_count; i++)
		h->keys[h->key_count++] = key_keep(l->arena, &x->keys[i]);
	l->held[l->count++] = h;
	return h;
}

static void
fits_keep(struct lost_list *l, struct held *h, const struct lost *lost,
    const struct opened *list, size_t count)
{
	h->fits = arena_many(l->arena, count, struct str);
	for (size_t i = 0; i < count; i++)
		if (lost_fits(lost, &list[i]))
			h->fits[h->fit_count++] = arena_keep(l->arena,
			    list[i].session.id);
}

/* A purchase: held when there is a session that it fits. */
static enum rc
hold_purchase(struct lost_list *l, struct flow *f, const struct listed *x,
    struct difference *d, struct held **out, struct err *e)
{
	struct opened	*list = arena_many(f->arena, OPENED_MAX, struct opened);
	enum finding	 finding;
	size_t		 count = 0, which = 0;
	bool		 many = false;

	TRY(opened_read(f, x, list, &count, &many, e));
	finding = many ? FINDING_TOO_MANY :
	    lost_find(&x->lost, list, count, l->since, &which);
	d->note = nobody(f->arena, finding, &d->object);
	for (size_t i = 0; i < count && *out == NULL; i++)
		if (lost_fits(&x->lost, &list[i]))
			*out = held_add(l, x);
	if (*out == NULL)
		return RC_OK;
	fits_keep(l, *out, &x->lost, list, count);
	(*out)->finding = finding;
	if (finding != FINDING_OWNER)
		return RC_OK;
	(*out)->session = arena_keep(l->arena, list[which].session.id);
	d->user = list[which].session.terms.user;
	return RC_OK;
}

enum rc
lost_hold(struct lost_list *l, struct flow *f, const struct event *ev,
    struct str body, struct difference *d, struct held **held,
    struct err *e)
{
	const struct provider	*p = l->provider;
	struct listed		 x;
	const struct held	*head;
	struct held		*h = NULL;

	*held = NULL;
	if (p->address == NULL)
		return RC_OK;
	if (arena_used(l->arena) + 2 * body.len > HELD_BYTES_MAX)
		return too_many(e);
	x = listed_read(p, ev, f->arena);
	head = head_of(l, &x);
	if (head != NULL)
		h = held_add(l, &x);
	else if (x.bought && x.buyer.len > 0)
		TRY(hold_purchase(l, f, &x, d, &h, e));
	if (h == NULL)
		return RC_OK;
	h->d = difference_keep(l->arena, d);
	h->head = head;
	h->body = arena_keep(l->arena, body);
	h->early = f->now < ev->made_at + p->tries_for;
	*held = h;
	return RC_OK;
}

/* --- deciding ---------------------------------------------------------- */

static bool
share_a_fit(const struct held *a, const struct held *b)
{
	for (size_t i = 0; i < a->fit_count; i++)
		for (size_t n = 0; n < b->fit_count; n++)
			if (str_eq(a->fits[i], b->fits[n]))
				return true;
	return false;
}

/*
 * Does another purchase fit a session of this one?  A delivery that is still
 * to come may say that it is of another, so that is waited for too.
 */
static void
rivals_find(const struct lost_list *l, struct held *h)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct held *other = l->held[i];

		if (other == h || other->head != NULL ||
		    !share_a_fit(h, other))
			continue;
		if (h->finding == FINDING_OWNER)
			h->finding = FINDING_TWO_PURCHASES;
		h->wait = h->wait || other->early;
	}
}

static void
decide(const struct lost_list *l, struct held *h)
{
	struct str	 note;

	h->wait = h->early;
	rivals_find(l, h);
	if (h->finding != FINDING_OWNER)
		h->session = h->d.user = STR_NONE;
	note = h->finding != FINDING_OWNER ?
	    nobody(l->arena, h->finding, &h->d.object) :
	    arena_text(l->arena, "by its e-mail address of session %.*s",
	    STR_FMT(h->session));
	h->d.note = !h->wait ? note : arena_text(l->arena,
	    "%.*s (left for later: a delivery may still come)",
	    STR_FMT(note));
}

void
lost_decide(struct lost_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->held[i]->head == NULL)
			decide(l, l->held[i]);
	for (size_t i = 0; i < l->count; i++) {
		struct held *h = l->held[i];

		if (h->head == NULL)
			continue;
		h->wait = h->head->wait;
		h->session = h->head->session;
		h->d.user = h->head->d.user;
		h->d.note = h->head->d.note;
	}
}
