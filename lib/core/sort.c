/*
 * A merge sort that begins with short insertion-sorted runs: most lists here
 * are one run long.
 */
#include "core/sort.h"

enum { RUN = 8 };

static void
insert(const void **list, size_t count,
    int (*cmp)(const void *, const void *))
{
	for (size_t i = 1; i < count; i++) {
		const void	*item = list[i];
		size_t		 j = i;

		for (; j > 0 && cmp(list[j - 1], item) > 0; j--)
			list[j] = list[j - 1];
		list[j] = item;
	}
}

/* Two neighbouring runs, [0, middle) and [middle, count), into out. */
static void
merge(const void **in, size_t middle, size_t count, const void **out,
    int (*cmp)(const void *, const void *))
{
	size_t	 a = 0, b = middle;

	for (size_t i = 0; i < count; i++)
		if (b >= count || (a < middle && cmp(in[a], in[b]) <= 0))
			out[i] = in[a++];
		else
			out[i] = in[b++];
}

void
sort_pointers(const void **list, size_t count,
    int (*cmp)(const void *, const void *), struct arena *arena)
{
	const void	**other;

	for (size_t i = 0; i < count; i += RUN)
		insert(list + i, count - i < RUN ? count - i : RUN, cmp);
	if (count <= RUN)
		return;
	other = arena_many(arena, count, const void *);
	for (size_t run = RUN; run < count; run *= 2) {
		for (size_t i = 0; i < count; i += 2 * run) {
			size_t	 rest = count - i;

			merge(list + i, rest < run ? rest : run,
			    rest < 2 * run ? rest : 2 * run, other + i, cmp);
		}
		memcpy(list, other, count * sizeof(*list));
	}
}
