/*
 * Files of fixed size that every program maps: what processes share without
 * a database, and may lose.
 */
#ifndef RUNG_BASE_MAPPED_H
#define RUNG_BASE_MAPPED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/str.h"

/*
 * Map <folder>/<name>, made if need be, of `size` bytes that are zero at
 * first but for the eight in front: they hold `layout`.  A file of another
 * layout is replaced.  NULL when there is no such file to be had.  *file, if
 * not NULL, says which it is: it may be gone from the folder already.
 */
void	*mapped_open(struct str folder, const char *name, size_t size,
	    uint64_t layout, struct stat *file);
void	 mapped_close(void *at, size_t size);	/* NULL is fine */

#endif
