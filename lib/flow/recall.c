/*
 * Two tables of places, each with one user or one credential in memory of its
 * own.  A user has a few places, and takes over the one that is oldest.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/generations.h"
#include "base/guard.h"
#include "flow/recall.h"
#include "store/marks.h"
#include "wire/state_json.h"

enum {
	USERS		= 512,
	NEIGHBOURS	= 4,		/* places where one may be */
	CREDENTIALS	= 64,
	USER_BYTES_MAX	= 32 * 1024,	/* of one; larger ones are read */
	ALL_BYTES_MAX	= 1024 * 1024,	/* of all users */
	CREDENTIAL_BYTES = 1024,
};

/*
 * No longer than this, whatever the numbers say: somebody may have written
 * to the database with other programs than ours.
 */
#define KEEP_MOST	(5 * SECOND)

struct kept {
	struct arena		*arena;		/* NULL: nothing */
	size_t			 bytes;
	uint32_t		 seller;
	struct recall_mark	 mark;
	int64_t			 since;		/* clock_steady */
	union {
		struct recalled_user	 user;
		struct {
			struct digest	  digest;
			struct credential credential;
		};
	};
};

struct recall {
	bool		 on;
	bool		 ready;		/* in this request */
	size_t		 bytes;		/* of users */
	struct kept	 users[USERS];
	struct kept	 credentials[CREDENTIALS];
};

struct recall *
recall_new(const struct conf *conf)
{
	struct recall	*r = calloc(1, sizeof(*r));

	if (r != NULL)
		r->on = conf_keeps(conf) && generations_open(conf->var);
	return r;
}

static void
forget(struct recall *r, struct kept *k)
{
	if (k->arena == NULL)
		return;
	r->bytes -= k->bytes;
	arena_free(&k->arena);
	*k = (struct kept){ .arena = NULL };
}

void
recall_free(struct recall **r)
{
	if (*r == NULL)
		return;
	for (size_t i = 0; i < USERS; i++)
		forget(*r, &(*r)->users[i]);
	for (size_t i = 0; i < CREDENTIALS; i++)
		forget(*r, &(*r)->credentials[i]);
	generations_close();
	free(*r);
	*r = NULL;
}

void
recall_turn(struct recall *r)
{
	r->ready = r->on && generations_ready();
}

static void
mark_take(uint64_t who, struct recall_mark *mark)
{
	mark->who = who;
	mark->epoch = generations_epoch();
	mark->good = generation_now(who, &mark->number);
}

static bool
holds(const struct kept *k, const struct recall_mark *mark, uint32_t seller)
{
	return mark->good && k->arena != NULL && k->seller == seller &&
	    k->mark.who == mark->who && k->mark.number == mark->number &&
	    k->mark.epoch == mark->epoch &&
	    clock_steady() - k->since < KEEP_MOST;
}

/* The first of a user's places. */
static struct kept *
places_of(struct recall *r, uint64_t who)
{
	return &r->users[who % (USERS / NEIGHBOURS) * NEIGHBOURS];
}

bool
recall_user(struct flow *f, struct str user, struct recall_mark *mark,
    struct recalled_user *out)
{
	struct recall		*r = app_recall(f->app);
	const struct kept	*k;

	*mark = (struct recall_mark){ .good = false };
	if (!r->ready)
		return false;
	mark_take(mark_of_user(f->seller, user), mark);
	k = places_of(r, mark->who);
	for (size_t i = 0; i < NEIGHBOURS; i++, k++)
		if (holds(k, mark, f->seller) &&
		    str_eq(k->user.row.user, user)) {
			*out = k->user;
			return true;
		}
	return false;
}

/* Where this one goes: its own place, an empty one, or that of the oldest. */
static struct kept *
place_for(struct recall *r, uint64_t who)
{
	struct kept	*k = places_of(r, who), *best = k;

	for (size_t i = 0; i < NEIGHBOURS; i++, k++) {
		if (k->arena != NULL && k->mark.who == who)
			return k;
		if (best->arena != NULL &&
		    (k->arena == NULL || k->since < best->since))
			best = k;
	}
	return best;
}

/* Room for one more, taken from others if need be. */
static bool
make_room(struct recall *r, size_t bytes)
{
	for (size_t i = 0; i < USERS && r->bytes + bytes > ALL_BYTES_MAX; i++)
		forget(r, &r->users[i]);
	return r->bytes + bytes <= ALL_BYTES_MAX;
}

static bool
copy_user(const struct user_row *row, struct arena *a,
    struct recalled_user *out)
{
	struct err	e;

	out->row = *row;
	out->row.user = arena_keep(a, row->user);
	out->row.document = arena_keep(a, row->document);
	out->row.holding = out->row.chain_id = STR_NONE;
	return holding_read(row->holding, a, &out->holding, &e) == RC_OK;
}

void
recall_keep_user(struct flow *f, const struct recall_mark *mark,
    const struct user_row *row)
{
	struct recall		*r = app_recall(f->app);
	struct kept		*k = place_for(r, mark->who);
	struct recalled_user	 ignored;
	size_t			 before = arena_used(f->arena), bytes;

	if (!mark->good || row->holding.len == 0)
		return;
	forget(r, k);
	/* Once to see what it takes, once into exactly that. */
	if (!copy_user(row, f->arena, &ignored))
		return;
	bytes = (arena_used(f->arena) - before) * 2 + 256;	/* and padding */
	if (bytes > USER_BYTES_MAX || !make_room(r, bytes))
		return;
	k->arena = arena_new("user", bytes);
	if (k->arena == NULL)
		return;
	r->bytes += bytes;
	k->bytes = bytes;
	k->seller = f->seller;
	k->mark = *mark;
	k->since = clock_steady();
	if (!copy_user(row, k->arena, &k->user))
		forget(r, k);
}

static uint64_t
place_of(const struct digest *d)
{
	uint64_t	n;

	memcpy(&n, d->byte, sizeof(n));
	return n % CREDENTIALS;
}

bool
recall_credential(struct flow *f, const struct digest *d,
    struct recall_mark *mark, struct credential *out)
{
	struct recall		*r = app_recall(f->app);
	const struct kept	*k = &r->credentials[place_of(d)];

	*mark = (struct recall_mark){ .good = false };
	if (!r->ready)
		return false;
	mark_take(mark_of_credentials(), mark);
	if (!holds(k, mark, 0) || !secret_same(&k->digest, d))
		return false;
	*out = k->credential;
	return true;
}

void
recall_keep_credential(struct flow *f, const struct recall_mark *mark,
    const struct digest *d, const struct credential *c)
{
	struct recall	*r = app_recall(f->app);
	struct kept	*k = &r->credentials[place_of(d)];
	size_t		 texts = c->key_id.len + c->user.len + c->scopes.len +
			    c->email.len;

	if (!mark->good || texts + 256 > CREDENTIAL_BYTES)
		return;
	if (k->arena == NULL)
		k->arena = arena_new("credential", CREDENTIAL_BYTES);
	if (k->arena == NULL)
		return;
	arena_reset(k->arena);
	k->mark = *mark;
	k->since = clock_steady();
	k->digest = *d;
	k->credential = *c;
	k->credential.key_id = arena_keep(k->arena, c->key_id);
	k->credential.user = arena_keep(k->arena, c->user);
	k->credential.scopes = arena_keep(k->arena, c->scopes);
	k->credential.email = arena_keep(k->arena, c->email);
	k->credential.label = STR_NONE;
}
