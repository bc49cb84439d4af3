/* Promises of web/heap.h. */
#include <stdlib.h>

#include "unit/unit.h"
#include "web/heap.h"

enum { COUNT_MAX = 300, STEPS = 20000 };

static struct timed	all[COUNT_MAX];
static bool		in[COUNT_MAX];

static int64_t
earliest(void)
{
	int64_t	least = INT64_MAX;

	for (size_t i = 0; i < COUNT_MAX; i++)
		if (in[i] && all[i].until < least)
			least = all[i].until;
	return least;
}

static void
step(struct heap *h)
{
	size_t	i = (size_t)random() % COUNT_MAX;

	if (!in[i]) {
		all[i].until = random() % 1000;
		heap_add(h, &all[i]);
		in[i] = true;
	} else if (random() % 2 == 0) {
		all[i].until = random() % 1000;
		heap_moved(h, &all[i]);
	} else {
		heap_remove(h, &all[i]);
		in[i] = false;
	}
}

static void
the_first_is_the_earliest_whatever_happened(void)
{
	struct heap	h = { .count = 0 };
	size_t		wrong = 0;

	srandom(7);
	CU_ASSERT_PTR_NULL(heap_first(&h));
	for (int n = 0; n < STEPS; n++) {
		step(&h);
		if (h.count > 0 && heap_first(&h)->until != earliest())
			wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	free(h.at);
}

CU_TestInfo heap_tests[] = {
	{ "the first is the earliest, whatever happened",
	    the_first_is_the_earliest_whatever_happened },
	CU_TEST_INFO_NULL
};
