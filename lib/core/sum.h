/*
 * Sums that stop at the greatest number instead of wrapping around.
 */
#ifndef RUNG_CORE_SUM_H
#define RUNG_CORE_SUM_H

#include <stdint.h>

static inline int64_t
sum_add(int64_t a, int64_t b)
{
	int64_t	 sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b > 0 ? INT64_MAX : INT64_MIN;
	return sum;
}

static inline int64_t
sum_times(int64_t a, int64_t b)
{
	int64_t	 product;

	if (__builtin_mul_overflow(a, b, &product))
		return (a < 0) == (b < 0) ? INT64_MAX : INT64_MIN;
	return product;
}

/* The earlier of two moments, where 0 means never. */
static inline int64_t
sum_earlier(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return a == 0 ? b : a;
	return a < b ? a : b;
}

#endif
