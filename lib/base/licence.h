/*
 * Licence keys: secrets that people read aloud and type.
 */
#ifndef RUNG_BASE_LICENCE_H
#define RUNG_BASE_LICENCE_H

#include "base/arena.h"

/*
 * A new one: the prefix, then 150 random bits as six groups of five,
 * "ACME-7K2QD-...", of digits and letters without I, L, O and U.
 */
struct str	licence_new(struct arena *, struct str prefix);

/*
 * The one form of all ways to type it: small or capital letters, O for 0 and
 * I or L for 1, blanks or nothing for the hyphens.  False when the text cannot
 * be a licence key.
 */
bool		licence_plain(struct arena *, struct str typed,
		    struct str *plain);

#endif
