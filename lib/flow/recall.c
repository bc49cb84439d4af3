/*
 * Two tables of places, each with one user or one credential in memory of its
 * own.  A user has the few places that follow where the name falls, and takes
 * over the one that is oldest.
 *
 * A user's place serves twice: while its number stands, in place of a read;
 * and after every read, in place of parsing what was parsed before.
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
	NEIGHBOURS	= 8,		/* places where one may be */
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

/* A credential, where no number tells that it was revoked. */
#define BELIEVE_MOST	SECOND

/* What was forgotten, until the request that may still read it is over. */
struct leaving {
	struct leaving	*next;
	struct arena	*arena;		/* it lies in there itself */
};

struct known {
	struct digest		 digest;
	struct credential	 credential;
};

/* What is kept lies in its arena: most places are empty. */
struct kept {
	struct arena		*arena;		/* NULL: nothing */
	struct leaving		*leaving;
	size_t			 bytes;
	uint32_t		 seller;
	struct recall_mark	 mark;
	int64_t			 since;		/* clock_steady */
	union {
		struct recalled_user	*user;
		struct known		*known;
	};
};

struct recall {
	bool		 on;
	bool		 ready;		/* in this request */
	size_t		 bytes;		/* of users */
	struct leaving	*leaving;
	struct kept	 users[USERS];
	struct kept	 credentials[CREDENTIALS];
};

struct recall *
recall_new(const struct conf *conf)
{
	struct recall	*r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->on = conf_keeps(conf);
	if (r->on)			/* else each turn tries again */
		(void)generations_open(conf->var, clock_wall());
	return r;
}

static void
forget(struct recall *r, struct kept *k)
{
	if (k->arena == NULL)
		return;
	r->bytes -= k->bytes;
	*k->leaving = (struct leaving){ r->leaving, k->arena };
	r->leaving = k->leaving;
	*k = (struct kept){ .arena = NULL };
}

static void
free_leaving(struct recall *r)
{
	while (r->leaving != NULL) {
		struct arena *arena = r->leaving->arena;

		r->leaving = r->leaving->next;
		arena_free(&arena);
	}
}

void
recall_free(struct recall **r)
{
	if (*r == NULL)
		return;
	for (size_t i = 0; i < USERS; i++)
		forget(*r, &(*r)->users[i]);
	free_leaving(*r);
	for (size_t i = 0; i < CREDENTIALS; i++)
		arena_free(&(*r)->credentials[i].arena);
	generations_close();
	free(*r);
	*r = NULL;
}

void
recall_turn(struct recall *r, const struct db *db)
{
	free_leaving(r);
	r->ready = r->on && !db_clustered(db) &&
	    generations_ready(clock_wall());
}

static void
mark_take(const struct recall *r, uint64_t who, struct recall_mark *mark)
{
	*mark = (struct recall_mark){ .who = who };
	if (!r->ready)
		return;
	mark->epoch = generations_epoch();
	mark->good = generation_now(who, &mark->number);
}

static bool
holds(const struct kept *k, const struct recall_mark *mark)
{
	return mark->good && k->mark.good && k->mark.who == mark->who &&
	    k->mark.number == mark->number && k->mark.epoch == mark->epoch &&
	    clock_steady() - k->since < KEEP_MOST;
}

static bool
is_of(const struct kept *k, uint32_t seller, struct str user)
{
	return k->arena != NULL && k->seller == seller &&
	    str_eq(k->user->row.user, user);
}

/* Where this one is, or goes: an empty place, or that of the oldest. */
static struct kept *
place_for(struct recall *r, uint32_t seller, struct str user)
{
	uint64_t	 first = str_hash(user);
	struct kept	*best = NULL;

	for (size_t i = 0; i < NEIGHBOURS; i++) {
		struct kept	*k = &r->users[(first + i) % USERS];

		if (is_of(k, seller, user))
			return k;
		if (best == NULL || (best->arena != NULL &&
		    (k->arena == NULL || k->since < best->since)))
			best = k;
	}
	return best;
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
	k = place_for(r, f->seller, user);
	if (!is_of(k, f->seller, user))
		k = NULL;
	mark_take(r, k != NULL && k->mark.good ? k->mark.who :
	    mark_of_user(f->seller, user), mark);
	if (k == NULL || !holds(k, mark))
		return false;
	*out = *k->user;
	return true;
}

/* Room for one more, taken from others if need be. */
static bool
make_room(struct recall *r, size_t bytes)
{
	for (size_t i = 0; i < USERS && r->bytes + bytes > ALL_BYTES_MAX; i++)
		forget(r, &r->users[i]);
	return r->bytes + bytes <= ALL_BYTES_MAX;
}

static struct recalled_user *
copy_user(const struct user_row *row, const struct holding *h, struct arena *a)
{
	struct recalled_user	*to = arena_one(a, struct recalled_user);

	to->row = *row;
	to->row.user = arena_keep(a, row->user);
	to->row.document = arena_keep(a, row->document);
	to->row.holding = arena_keep(a, row->holding);
	to->row.chain_id = STR_NONE;
	to->holding = holding_copy(h, a);
	return to;
}

/* Copied once to see what it takes, and once into exactly that. */
static void
keep(struct flow *f, struct kept *k, const struct user_row *row,
    const struct holding *h)
{
	struct recall	*r = app_recall(f->app);
	size_t		 before = arena_used(f->arena), bytes;

	copy_user(row, h, f->arena);
	bytes = arena_used(f->arena) - before + sizeof(*k->leaving);
	if (bytes > USER_BYTES_MAX || !make_room(r, bytes))
		return;
	k->arena = arena_new("user", bytes);
	if (k->arena == NULL)
		return;
	r->bytes += bytes;
	k->bytes = bytes;
	k->leaving = arena_one(k->arena, struct leaving);
	k->seller = f->seller;
	k->user = copy_user(row, h, k->arena);
}

/* The texts are all there is to parse: the same texts are the same holding. */
static bool
same_texts(const struct kept *k, uint32_t seller, const struct user_row *row)
{
	return is_of(k, seller, row->user) &&
	    str_eq(k->user->row.holding, row->holding) &&
	    str_eq(k->user->row.document, row->document);
}

static void
renew(struct kept *k, const struct recall_mark *mark,
    const struct user_row *row)
{
	struct user_row	*had = &k->user->row;

	k->mark = *mark;
	k->since = clock_steady();
	had->ver = row->ver;
	had->due_at = row->due_at;
	had->matrix_version = row->matrix_version;
	had->follows_newest = row->follows_newest;
	had->derived_under = row->derived_under;
	had->updated_at = row->updated_at;
}

enum rc
recall_read(struct flow *f, const struct recall_mark *mark,
    const struct user_row *row, struct holding *out, struct err *e)
{
	struct recall	*r = app_recall(f->app);
	struct kept	*k = place_for(r, f->seller, row->user);

	if (same_texts(k, f->seller, row)) {
		*out = k->user->holding;
		renew(k, mark, row);
		return RC_OK;
	}
	forget(r, k);
	TRY(holding_read(row->holding, f->arena, out, e));
	keep(f, k, row, out);
	if (k->arena != NULL)
		renew(k, mark, row);
	return RC_OK;
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

	mark_take(r, mark_of_credentials(), mark);
	if (k->arena == NULL || !secret_same(&k->known->digest, d) ||
	    !(r->ready ? holds(k, mark) :
	    clock_steady() - k->since < BELIEVE_MOST))
		return false;
	*out = k->known->credential;
	return true;
}

static struct known *
copy_credential(const struct digest *d, const struct credential *c,
    struct arena *a)
{
	struct known	*to = arena_one(a, struct known);

	*to = (struct known){ *d, *c };
	to->credential.key_id = arena_keep(a, c->key_id);
	to->credential.user = arena_keep(a, c->user);
	to->credential.scopes = arena_keep(a, c->scopes);
	to->credential.email = arena_keep(a, c->email);
	to->credential.label = STR_NONE;
	return to;
}

void
recall_keep_credential(struct flow *f, const struct recall_mark *mark,
    const struct digest *d, const struct credential *c)
{
	struct recall	*r = app_recall(f->app);
	struct kept	*k = &r->credentials[place_of(d)];
	size_t		 texts = c->key_id.len + c->user.len + c->scopes.len +
			    c->email.len;

	if ((r->ready && !mark->good) ||
	    texts + sizeof(struct known) + 128 > CREDENTIAL_BYTES)
		return;
	if (k->arena == NULL)
		k->arena = arena_new("credential", CREDENTIAL_BYTES);
	if (k->arena == NULL)
		return;
	arena_reset(k->arena);
	k->mark = *mark;
	k->since = clock_steady();
	k->known = copy_credential(d, c, k->arena);
}
