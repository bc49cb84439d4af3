/*
 * Being asked to leave: SIGTERM and SIGUSR1 let the request at hand finish,
 * and wake whoever sleeps.
 */
#ifndef RUNG_WEB_LEAVE_H
#define RUNG_WEB_LEAVE_H

#include <stdbool.h>

/*
 * From now on those signals only wait to be noticed; before FCGX_Init, whose
 * handlers would take them.  False when there are no descriptors left.
 */
bool	 leave_catch(void);
bool	 leave_asked(void);

/* Readable, for good, once asked. */
int	 leave_fd(void);

#endif
