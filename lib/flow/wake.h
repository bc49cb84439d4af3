/*
 * Waking who waits: a touched file per bucket of users under var/wake, seen
 * by one inotify watch on that folder.  A wake-up is a hint; the version in
 * the database is the truth.
 */
#ifndef RUNG_FLOW_WAKE_H
#define RUNG_FLOW_WAKE_H

#include "flow/app.h"

enum { WAKE_BUCKETS = 4096 };	/* a small folder, and seldom a false alarm */

/* After commit: tell waiters of this user.  Failure costs only time. */
void		 wake_user(struct flow *, struct str user);

/* The bucket of a user of f->seller, below WAKE_BUCKETS. */
unsigned	 wake_bucket(struct flow *, struct str user);

/*
 * Listen to all buckets: a descriptor that is readable when one was touched,
 * or -1 when the host gives no inotify or wake is `database`.  It is never
 * closed: that waits milliseconds for the kernel's grace period.
 */
int		 wake_listen(const struct conf *);

/*
 * Take what was heard, and call one for each bucket, perhaps several times.
 * False when the kernel could not keep all of it: any may have been touched.
 */
bool		 wake_heard(int fd, void (*one)(void *, unsigned bucket),
		    void *arg);

#endif
