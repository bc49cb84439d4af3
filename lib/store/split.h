/*
 * Cuts a script of SQL into statements.  Pure.
 */
#ifndef RUNG_STORE_SPLIT_H
#define RUNG_STORE_SPLIT_H

#include "base/str.h"

/*
 * Take the next statement off *script, without the ';' that ends it, without
 * blanks and comments around it.  Comments (-- to the end of the line) and
 * quoted texts may hold any ';'.  False when nothing is left.
 */
bool	sql_split(struct str *script, struct str *statement);

#endif
