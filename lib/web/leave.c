/*
 * The signals are blocked and stay pending, where a descriptor shows them: so
 * none can come between a look and a sleep, and none breaks off a read in the
 * middle of a request.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "web/leave.h"

static int	fd = -1;

static void
both(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGUSR1);
}

bool
leave_catch(void)
{
	struct sigaction	ignore = { .sa_handler = SIG_IGN };
	sigset_t		set;

	both(&set);
	sigemptyset(&ignore.sa_mask);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    sigaction(SIGPIPE, &ignore, NULL) == -1)
		return false;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd != -1;
}

bool
leave_asked(void)
{
	sigset_t	pending;

	return sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGTERM) == 1 ||
	    sigismember(&pending, SIGUSR1) == 1);
}

int
leave_fd(void)
{
	return fd;
}
