/*
 * The search behind "did you mean".  Lists are short and this runs only once
 * something went wrong, so every name is tried.
 */
#include "base/suggest.h"

enum { EDITS_MAX = 2 };

struct str
suggest(struct str wrong, const struct str *known, size_t n)
{
	struct str	nearest = STR_NONE;
	unsigned	least = EDITS_MAX + 1;

	for (size_t i = 0; i < n; i++) {
		unsigned edits = str_distance(wrong, known[i], least);

		if (edits < least && edits < wrong.len) {
			least = edits;
			nearest = known[i];
		}
	}
	return nearest;
}
