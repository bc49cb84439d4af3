/*
 * Every duration is kept, so that a percentile is exact.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "figures.h"

void
figures_add(struct figures *f, int64_t us)
{
	if (f->count == f->room) {
		f->room = f->room == 0 ? 65536 : 2 * f->room;
		f->us = realloc(f->us, f->room * sizeof(*f->us));
		must(f->us != NULL);
	}
	f->us[f->count++] = us;
}

static int
by_size(const void *a, const void *b)
{
	int64_t	x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double
figures_ms(struct figures *f, double share)
{
	size_t	at = (size_t)((double)f->count * share);

	if (f->count == 0)
		return 0;
	qsort(f->us, f->count, sizeof(*f->us), by_size);
	if (at >= f->count)
		at = f->count - 1;
	return (double)f->us[at] / 1000.0;
}
