/*
 * Words of rows back to places in lists.
 */
#include "store/names.h"

enum rc
name_place(const char *const *names, size_t count, struct str word,
    const char *what, int *place, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(word, str_of(names[i]))) {
			*place = (int)i;
			return RC_OK;
		}
	return err_set(e, RC_BROKEN, "run: rung verify",
	    "a stored %s is unknown: %.*s", what, STR_FMT(word));
}
