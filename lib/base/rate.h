/*
 * How often somebody asked in the running minute: counters in one mapped file
 * of fixed size.  They may be lost, never wait, and are off without the file.
 */
#ifndef RUNG_BASE_RATE_H
#define RUNG_BASE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { RATE_WINDOW_S = 60 };

/* Where somebody stands after a request. */
struct rate {
	int64_t	 quota;		/* requests in a window */
	int64_t	 left;
	int64_t	 reset_s;	/* seconds until it is whole again: at least 1 */
};

/* Map <folder>/rates.  Returns whether that worked. */
bool	 rate_open(struct str folder);
void	 rate_close(void);

/*
 * Count one request of who (a hash that nobody can choose) at now, in seconds,
 * against a quota of at least 1.  A window begins with the first request in
 * it.  False without the file: then nothing is known, and nobody refused.
 */
bool	 rate_count(uint64_t who, int64_t now, int64_t quota,
	    struct rate *out, bool *over);

#endif
