/*
 * Wake-ups by touched files.  A bucket's file is named by three hex digits
 * and made when it is first touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "flow/wake.h"

enum { BUCKET_DIGITS = 3 };

unsigned
wake_bucket(struct flow *f, struct str user)
{
	struct str fields[2] = {
		arena_text(f->arena, "%u", f->seller), user,
	};
	struct digest d = secret_sha256_fields(fields, COUNT(fields));

	return (unsigned)d.byte[0] << 4 | d.byte[1] >> 4;
}

/* Make the bucket's file, and its folder the first time. */
static void
bucket_make(const struct conf *conf, const char *path)
{
	char folder[PATH_MAX];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 && errno == ENOENT) {
		snprintf(folder, sizeof(folder), "%.*s/wake",
		    STR_FMT(conf->var));
		mkdir(folder, 0700);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
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
	path = arena_text(f->arena, "%.*s/wake/%0*x", STR_FMT(f->conf->var),
	    BUCKET_DIGITS, wake_bucket(f, user));
	if (utimensat(AT_FDCWD, path.at, NULL, 0) != 0 && errno == ENOENT)
		bucket_make(f->conf, path.at);
}

int
wake_listen(const struct conf *conf)
{
	char folder[PATH_MAX];
	int fd;

	if (conf->wake != WAKE_FILES)
		return -1;
	snprintf(folder, sizeof(folder), "%.*s/wake", STR_FMT(conf->var));
	mkdir(folder, 0700);		/* there already, mostly */
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd >= 0 && inotify_add_watch(fd, folder,
	    IN_ATTRIB | IN_CREATE | IN_ONLYDIR) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The bucket that an event's name says; false for any other file. */
static bool
bucket_of(const struct inotify_event *event, unsigned *bucket)
{
	char *end = NULL;

	if (event->len == 0)
		return false;
	*bucket = (unsigned)strtoul(event->name, &end, 16);
	return end == event->name + BUCKET_DIGITS && *end == '\0' &&
	    *bucket < WAKE_BUCKETS;
}

bool
wake_heard(int fd, void (*one)(void *, unsigned bucket), void *arg)
{
	alignas(struct inotify_event) char events[16 * 1024];
	bool all = true;
	ssize_t len;

	while ((len = read(fd, events, sizeof(events))) > 0)
		for (char *at = events; at < events + len;) {
			const struct inotify_event *event = (const void *)at;
			unsigned bucket;

			if ((event->mask & (IN_Q_OVERFLOW | IN_IGNORED)) != 0)
				all = false;
			else if (bucket_of(event, &bucket))
				one(arg, bucket);
			at += sizeof(*event) + event->len;
		}
	return all;
}
