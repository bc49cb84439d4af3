/*
 * How long things took, and what to say of it.
 */
#ifndef RUNG_BENCH_FIGURES_H
#define RUNG_BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

struct figures {
	int64_t	*us;
	size_t	 count, room;
};

/* One more duration in microseconds. */
void	figures_add(struct figures *, int64_t us);

/* The duration that this share (0 to 1) of all stays within, in ms. */
double	figures_ms(struct figures *, double share);

#endif
