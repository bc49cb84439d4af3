/*
 * How often a second the core can say what a user holds and what that changes:
 * derive plus diff for users with 1, 10 and 100 purchases, no database.
 *
 *	derive MATRIX.yaml
 *
 * One purchase is a running subscription.  The others are, in turn, an add-on
 * that was paid once and a subscription that has ended.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "core/derive.h"
#include "core/diff.h"
#include "wire/matrix_read.h"

enum { ROUNDS = 9 };

/* When these users live, and how long each round takes. */
#define TODAY	(INT64_C(1790000000) * SECOND)
#define ROUND	(SECOND / 20)

static struct arena	*keep, *scratch;

static struct str
file_read(const char *path)
{
	char	*text = arena_take(keep, MATRIX_BYTES_MAX, 1);
	int	 fd = open(path, O_RDONLY);
	ssize_t	 n = fd == -1 ? -1 : read(fd, text, MATRIX_BYTES_MAX);

	if (n <= 0)
		err(1, "%s", path);
	close(fd);
	return (struct str){ text, (size_t)n };
}

static const struct catalog *
catalog_of(const char *path)
{
	struct catalog	*c = arena_one(keep, struct catalog);
	struct edition	*edition = arena_one(keep, struct edition);
	struct matrix	*m = arena_one(keep, struct matrix);
	struct findings	 findings = { 0 };
	struct err	 e;

	if (matrix_read(file_read(path), keep, m, &findings, &e) != RC_OK)
		errx(1, "%s does not pass rung matrix check", path);
	m->version = 1;
	*edition = (struct edition){ .version = 1, .matrix = m };
	*c = (struct catalog){ .editions = edition, .count = 1 };
	return c;
}

/* --- what was bought --------------------------------------------------- */

static struct object_key
key(enum object_kind kind, size_t n)
{
	return (struct object_key){
		.provider = STR("stripe"), .kind = kind,
		.ref = arena_text(keep, "%s_1TTPCWRuNg7Kq2Tz%06zu",
		    object_kind_names[kind], n),
	};
}

static void
hear(struct object *o, struct fact f)
{
	struct err	 e;
	bool		 changed;

	f.object = o->key;
	must(object_merge(o, &f, keep, &changed, &e) == RC_OK);
}

static struct fact
word(enum fact_kind kind, int64_t at)
{
	return (struct fact){ .kind = kind, .at = at };
}

/* A bill or a checkout, paid. */
static struct object
receipt(enum object_kind kind, size_t n, const struct object_key *of,
    int64_t at)
{
	struct object_key	 own = key(kind, n);
	struct object		 o;
	struct fact		 f = word(FACT_PAID, at);

	f.amount = 2900;
	f.currency = STR("eur");
	f.links[f.link_count++] = *of;
	object_init(&o, &own);
	hear(&o, f);
	return o;
}

static void
subscription(struct object *o, size_t n, int64_t at)
{
	struct object_key	 own = key(OBJECT_SUBSCRIPTION, n);
	struct fact		 f = word(FACT_STATE, at);

	f.state = SUB_ACTIVE;
	f.items[f.item_count++] = (struct item){ STR("price_pro_monthly"), 1 };
	f.recurring = true;
	f.paid_until = at + 30 * DAY;
	object_init(o, &own);
	hear(o, f);
}

static void
payment(struct object *o, size_t n, int64_t at)
{
	struct object_key	 own = key(OBJECT_PAYMENT, n);
	struct fact		 paid = word(FACT_PAID, at);
	struct fact		 items = word(FACT_ITEMS, at);

	paid.amount = 4900;
	paid.currency = STR("eur");
	items.items[items.item_count++] = (struct item){ STR("price_pack"), 1 };
	object_init(o, &own);
	hear(o, paid);
	hear(o, items);
}

/* A user who bought so often, most of it long ago. */
static struct life
life_of(size_t purchases)
{
	struct object	*list = arena_many(keep, 2 * purchases + 1,
			    struct object);
	size_t		 n = 0;

	for (size_t i = 0; i < purchases; i++) {
		struct object *head = &list[n++];
		int64_t at = i == 0 ? TODAY - DAY :
		    TODAY - (int64_t)(40 + i) * DAY;

		if (i % 2 == 1) {
			payment(head, i, at);
			list[n++] = receipt(OBJECT_CHECKOUT, i, &head->key,
			    at);
			continue;
		}
		subscription(head, i, at);
		list[n++] = receipt(OBJECT_INVOICE, i, &head->key, at);
		if (i == 0)
			list[n++] = receipt(OBJECT_CHECKOUT, i, &head->key,
			    at);
		else
			hear(head, word(FACT_ENDED, at + 30 * DAY));
	}
	return (struct life){ .objects = list, .object_count = n };
}

/* --- measuring --------------------------------------------------------- */

static void
once(const struct catalog *c, const struct life *life,
    const struct holding *have)
{
	struct holding	 want;
	struct plan	 plan;
	struct err	 e;

	arena_reset(scratch);
	must(derive(c, life, TODAY, scratch, &want, NULL, NULL, &e) == RC_OK);
	diff(have, NULL, 0, &want, scratch, &plan);
	must(str_eq(want.tier, STR("pro")) && plan.changes);
}

static int
by_size(const void *a, const void *b)
{
	double	 x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of some rounds, in microseconds. */
static double
measure(const struct catalog *c, const struct life *life,
    const struct holding *have)
{
	double	 us[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t	 began = clock_steady(), now = began, times = 0;

		for (; now - began < ROUND; now = clock_steady())
			for (int n = 0; n < 20; n++, times++)
				once(c, life, have);
		us[i] = (double)(now - began) / (double)times;
	}
	qsort(us, ROUNDS, sizeof(us[0]), by_size);
	return us[ROUNDS / 2];
}

int
main(int argc, char **argv)
{
	static const size_t	 users[] = { 1, 10, 100 };
	const struct life	 nobody = { 0 };
	const struct catalog	*c;
	struct holding		 have;
	struct err		 e;

	if (argc != 2)
		errx(2, "usage: derive MATRIX.yaml");
	keep = arena_new("bench", ARENA_BYTES_MAX);
	scratch = arena_new("round", ARENA_BYTES_MAX);
	must(keep != NULL && scratch != NULL);
	c = catalog_of(argv[1]);
	must(derive(c, &nobody, TODAY, keep, &have, NULL, NULL, &e) == RC_OK);
	for (size_t i = 0; i < COUNT(users); i++) {
		struct life	 life = life_of(users[i]);
		double		 us = measure(c, &life, &have);

		printf("derive and diff, %3zu purchases (%3zu objects) "
		    "%10.0f a second %8.2f us each%s\n", users[i],
		    life.object_count, 1e6 / us, us,
		    users[i] == 10 ? " (aim 10)" : "");
	}
	arena_free(&scratch);
	arena_free(&keep);
	return 0;
}
