/*
 * Guards: a variable that names its own cleanup, so that an early return is
 * safe.  And must(): stop if a promise inside our own code is broken.
 */
#ifndef RUNG_BASE_GUARD_H
#define RUNG_BASE_GUARD_H

#define GUARD(fn)	__attribute__((cleanup(fn)))

/*
 * Stop if this is not true, in production too.  Never for input: input gets
 * err_set().
 */
#define must(claim)	\
	((claim) ? (void)0 : must_stop(#claim, __FILE__, __LINE__))

/* Writes one log line that names the claim and its place, then aborts. */
void must_stop(const char *claim, const char *file, int line)
    __attribute__((noreturn));

#endif
