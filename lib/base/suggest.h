/*
 * "Did you mean ...?": the known name that a wrong one was probably meant to
 * be.
 */
#ifndef RUNG_BASE_SUGGEST_H
#define RUNG_BASE_SUGGEST_H

#include "base/str.h"

/*
 * The nearest of n known names, at most two edits away, and the first of
 * several equally near.  STR_NONE when none is: also when the edits would
 * leave nothing of the wrong name.
 */
struct str suggest(struct str wrong, const struct str *known, size_t n);

#endif
