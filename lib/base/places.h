/*
 * How many requests wait, over all processes of this machine: a small file in
 * var, mapped by whoever waits, with a slot for each process.  What a process
 * that was killed left in its slot does not count.
 */
#ifndef RUNG_BASE_PLACES_H
#define RUNG_BASE_PLACES_H

#include <stdint.h>

#include "base/str.h"

/* Map <folder>/waiters, making it if need be; without it nothing is counted. */
void	places_open(struct str folder);
void	places_close(void);

/* So many wait in this process now, where so many may wait in all. */
void	places_set(uint32_t count, uint32_t most);

/* So many wait in all. */
int64_t	places_taken(void);

/* So many may, by the strictest process there is; usual where there is none. */
int64_t	places_most(int64_t usual);

#endif
