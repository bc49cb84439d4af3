/*
 * A FastCGI process lives for weeks next to a web server.  It takes the least
 * it can do with, and starts afresh now and then, at a moment that differs
 * from process to process.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/secret.h"
#include "web/confine.h"

enum {
	MEMORY_MAX	= 256 * 1024 * 1024,	/* of addresses */
	RESIDENT_MAX	= 96 * 1024 * 1024,
	REQUESTS_LEAST	= 20000,
	REQUESTS_SPREAD	= 10000,
	LOOK_EVERY	= 256,		/* requests between looks at memory */
};

/* A sanitizer's own memory, terabytes of addresses, says nothing of ours. */
#if defined(RUNG_SANITIZERS) || defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static char	program[PATH_MAX];

static void
limit(int what, rlim_t most)
{
	struct rlimit	both;

	if (getrlimit((__rlimit_resource_t)what, &both) == -1)
		return;
	if (both.rlim_max == RLIM_INFINITY || both.rlim_max > most)
		both.rlim_max = most;
	both.rlim_cur = both.rlim_max;
	setrlimit((__rlimit_resource_t)what, &both);
}

static void
close_inherited(void)
{
	struct rlimit	files;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
		return;
#endif
	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return;
	for (rlim_t fd = 3; fd < files.rlim_cur && fd < 65536; fd++)
		close((int)fd);
}

void
confine_process(void)
{
	ssize_t	len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[len < 0 ? 0 : len] = '\0';
	umask(077);
	limit(RLIMIT_CORE, 0);
	if (!SANITIZED)
		limit(RLIMIT_AS, MEMORY_MAX);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	close_inherited();
}

void
confine_environment(void)
{
	/* The last two are how a renewed process finds its configuration. */
	static const char *const	kept[] = {
		"PATH", "TZ", "LANG", "FCGI_WEB_SERVER_ADDRS",
		"ASAN_OPTIONS", "UBSAN_OPTIONS", "HOME", "RUNG_CONFIG",
	};
	enum { KEPT = sizeof(kept) / sizeof(kept[0]) };
	const char	*value[KEPT];

	for (size_t i = 0; i < KEPT; i++)
		value[i] = getenv(kept[i]);
	if (clearenv() != 0)
		return;
	for (size_t i = 0; i < KEPT; i++)
		if (value[i] != NULL)
			setenv(kept[i], value[i], 1);
}

/* Resident bytes, 0 when the kernel does not say. */
static long
resident_bytes(void)
{
	FILE	*f = fopen("/proc/self/statm", "re");
	long	 pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*s %ld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

bool
confine_stale(unsigned long requests)
{
	static unsigned long	most;

	if (most == 0) {
		uint16_t random;

		secret_random(&random, sizeof(random));
		most = REQUESTS_LEAST + random % REQUESTS_SPREAD;
	}
	if (requests >= most)
		return true;
	return requests % LOOK_EVERY == 0 && confine_grown(0);
}

bool
confine_grown(size_t held)
{
	return !SANITIZED && resident_bytes() > (long)(RESIDENT_MAX + held);
}

void
confine_renew(void)
{
	char	*const argv[] = { program, NULL };

	if (program[0] == '/')
		execv(program, argv);
}
