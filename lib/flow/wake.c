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
	int	 watch;
};

/*
 * One for the process, made at the first wait and never closed: closing an
 * inotify descriptor waits milliseconds for the kernel's grace period, just
 * when the news should go out.
 */
static int	listening = -1;

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

/* Take what happened; it matters only that something did. */
static void
drain(void)
{
	char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];

	while (read(listening, events, sizeof(events)) > 0)
		continue;
}

struct waiter *
waiter_new(struct flow *f, struct str user)
{
	struct waiter *w;
	struct str path;

	if (listening < 0)
		listening = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->conf->wake != WAKE_FILES || listening < 0 ||
	    (w = malloc(sizeof(*w))) == NULL)
		return NULL;
	path = bucket_path(f, user);
	bucket_make(f, path);
	drain();		/* the end of the watch before is an event */
	w->watch = inotify_add_watch(listening, path.at, IN_ATTRIB);
	if (w->watch < 0)
		waiter_free(&w);
	return w;
}

void
waiter_free(struct waiter **w)
{
	if (*w == NULL)
		return;
	if ((*w)->watch >= 0)
		inotify_rm_watch(listening, (*w)->watch);
	free(*w);
	*w = NULL;
}

void
waiter_sleep(struct waiter *w, int64_t steady, int stop_fd)
{
	struct pollfd fds[2] = {
		{ .fd = w == NULL ? -1 : listening, .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN },
	};
	int64_t left = steady - clock_steady();

	if (left > SECOND)
		left = SECOND;
	if (left <= 0)
		return;
	if (poll(fds, 2, (int)((left + 999) / 1000)) > 0 &&
	    (fds[0].revents & POLLIN) != 0)
		drain();
}
