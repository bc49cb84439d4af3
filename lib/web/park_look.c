/*
 * Looking where those stand for whom somebody waits: many users in one query.
 * Who is found to have changed is put into the queue of those to be read.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "web/park.h"

enum { BEHIND_MAX = 50 };	/* read for a new matrix, of one look */

static const struct route	looking = { .deadline_s = READ_DEADLINE_S };

/* News for those who wait, or something that reading settles? */
static bool
is_news(struct person *person, const struct glance *g, size_t *behind)
{
	bool	moved = person->version != g->version;
	bool	other = person->matrix != 0 && person->matrix != g->matrix;

	person->matrix = g->matrix;
	if (moved || g->due || person->unread)
		return true;
	/* A matrix may concern everybody: a few at a time. */
	if ((!g->behind && !(other && g->version == 0)) || *behind == 0)
		return false;
	(*behind)--;
	return true;
}

/* Those of one seller, at most LOOK_MAX. */
static bool
look_some(struct park *p, struct person *const *persons, size_t count,
    size_t *behind)
{
	struct web	*w = park_reader(p, persons[0]->seller, &looking);
	struct glance	*glances = arena_many(p->arena, count, struct glance);
	struct err	 e;

	for (size_t i = 0; i < count; i++)
		glances[i].user = str_of(persons[i]->user);
	if (flow_look(&w->flow, glances, count, &e) != RC_OK)
		return false;
	/* Both are in the order of the users. */
	for (size_t i = 0; i < count; i++)
		if (is_news(persons[i], &glances[i], behind))
			park_queue(p, persons[i]);
	return true;
}

static int
by_seller_and_user(const void *a, const void *b)
{
	const struct person	*x = *(struct person *const *)a;
	const struct person	*y = *(struct person *const *)b;

	if (x->seller != y->seller)
		return x->seller < y->seller ? -1 : 1;
	return str_cmp(str_of(x->user), str_of(y->user));
}

static bool
look(struct park *p, struct person **persons, size_t count)
{
	size_t	behind = BEHIND_MAX;
	bool	seen = true;

	qsort(persons, count, sizeof(*persons), by_seller_and_user);
	for (size_t from = 0, n; from < count; from += n) {
		for (n = 1; n < LOOK_MAX && from + n < count; n++)
			if (persons[from + n]->seller != persons[from]->seller)
				break;
		seen = look_some(p, persons + from, n, &behind) && seen;
	}
	/* Thousands take megabytes: not to be kept until the next request. */
	arena_reset(p->arena);
	return seen;
}

bool
park_look_all(struct park *p)
{
	struct person	**all = calloc(p->persons + 1, sizeof(struct person *));
	size_t		 n = 0;
	bool		 seen;

	for (size_t i = 0; all != NULL && i < WAKE_BUCKETS; i++)
		for (struct person *at = p->bucket[i]; at != NULL;
		    at = at->next)
			all[n++] = at;
	seen = all != NULL && look(p, all, n);
	free(all);
	return seen;
}

bool
park_look_woken(struct park *p)
{
	bool	seen = true;

	/* One is read at once: it is nearly always the one with the news. */
	if (p->woken_count == 1)
		park_queue(p, p->woken[0]);
	else
		seen = look(p, p->woken, p->woken_count);
	for (size_t i = 0; i < p->woken_count; i++) {
		struct person	*person = p->woken[i];

		/* Who could not be seen stays; the look at all comes soon. */
		person->woken = false;
		park_tidy(p, person);
	}
	p->woken_count = 0;
	return seen;
}
