/*
 * Waking who waits: a touched file per bucket of users under var/wake, seen
 * by inotify.  A wake-up is a hint; the version in the database is the truth.
 */
#ifndef RUNG_FLOW_WAKE_H
#define RUNG_FLOW_WAKE_H

#include "flow/app.h"

/* After commit: tell waiters of this user.  Failure costs only time. */
void wake_user(struct flow *, struct str user);

struct waiter;

/*
 * Start listening for a user's changes; NULL when the host gives no inotify
 * or wake is `database`: waiter_sleep then just sleeps a second.
 */
struct waiter	*waiter_new(struct flow *, struct str user);
void		 waiter_free(struct waiter **);

/*
 * Sleep until the bucket is touched, `steady` (clock_steady) comes, stop_fd
 * (or -1) becomes readable, or a second has passed.  A NULL waiter is fine.
 */
void		 waiter_sleep(struct waiter *, int64_t steady, int stop_fd);

#endif
