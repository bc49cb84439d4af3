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

/* So many wait in this process now. */
void	places_set(uint32_t count);

/* So many wait in all. */
int64_t	places_taken(void);

#endif
