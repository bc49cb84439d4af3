/*
 * What a request program gives up before it talks to anybody, and when it
 * should start afresh.
 */
#ifndef RUNG_WEB_CONFINE_H
#define RUNG_WEB_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* Core files, memory, new files' modes, privileges, inherited descriptors. */
void	 confine_process(void);

/*
 * Forget the environment but for a few names.  Call it when everything that
 * reads it has done so; nothing run later may see HTTP_PROXY.
 */
void	 confine_environment(void);

/* Has this process served long enough, or grown too large? */
bool	 confine_stale(unsigned long requests);

/* Too large alone, beside what it holds for those who wait. */
bool	 confine_grown(size_t held);

/*
 * Start the same program again in this process: the listening socket stays
 * open, so that no request is lost.  Comes back only if that fails.
 */
void	 confine_renew(void);

#endif
