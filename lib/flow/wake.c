/*
 * Wake-ups by touched files: 4096 buckets, so that a directory stays small
 * and a waiter is seldom woken for somebody else.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "flow/wake.h"

struct waiter {
	int	 inotify;
};

static struct str
bucket_path(struct flow *f, struct str user)
{
	struct str fields[2] = {
		arena_text(f->arena, "%u", f->seller), user,
	};
	struct digest d = secret_sha256_fields(fields, COUNT(fields));

	return arena_text(f->arena, "%.*s/wake/%02x%x",
	    STR_FMT(f->conf->var), d.byte[0], d.byte[1] >> 4);
}

/* Make the bucket's file, and its directory the first time. */
static void
bucket_make(struct flow *f, struct str path)
{
	int fd = open(path.at, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 && errno == ENOENT) {
		mkdir(arena_text(f->arena, "%.*s/wake",
		    STR_FMT(f->conf->var)).at, 0700);
		fd = open(path.at, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	}
	if (fd >= 0)
		close(fd);
}

void
wake_user(struct flow *f, struct str user)
{
	struct str path;

	if (f->conf->wake != WAKE_FILES)
		return;
	path = bucket_path(f, user);
	if (utimensat(AT_FDCWD, path.at, NULL, 0) != 0 && errno == ENOENT)
		bucket_make(f, path);	/* nobody waits: nobody to wake */
}

struct waiter *
waiter_new(struct flow *f, struct str user)
{
	struct waiter *w;
	struct str path;

	if (f->conf->wake != WAKE_FILES || (w = malloc(sizeof(*w))) == NULL)
		return NULL;
	path = bucket_path(f, user);
	bucket_make(f, path);
	w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->inotify < 0 ||
	    inotify_add_watch(w->inotify, path.at, IN_ATTRIB) < 0)
		waiter_free(&w);
	return w;
}

void
waiter_free(struct waiter **w)
{
	if (*w == NULL)
		return;
	if ((*w)->inotify >= 0)
		close((*w)->inotify);
	free(*w);
	*w = NULL;
}

void
waiter_sleep(struct waiter *w, int64_t steady, int stop_fd)
{
	char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	struct pollfd fds[2] = {
		{ .fd = w == NULL ? -1 : w->inotify, .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN },
	};
	int64_t left = steady - clock_steady();

	if (left > SECOND)
		left = SECOND;
	if (left <= 0)
		return;
	if (poll(fds, 2, (int)((left + 999) / 1000)) > 0 &&
	    (fds[0].revents & POLLIN) != 0)
		while (read(fds[0].fd, events, sizeof(events)) > 0)
			continue;
}
