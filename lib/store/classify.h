/*
 * More than db_classify says about an error number.  All pure.
 */
#ifndef RUNG_STORE_CLASSIFY_H
#define RUNG_STORE_CLASSIFY_H

#include "base/str.h"

/* Is the connection of no more use after this number? */
bool		 db_number_drops(unsigned number);

/* What a person can do about it, or NULL. */
const char	*db_number_mend(unsigned number);

/* The name of the unique key in the words of a 1062. */
struct str	 db_key_of(const char *words);

#endif
