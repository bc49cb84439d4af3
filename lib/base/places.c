/*
 * A slot is three numbers, a process, its count and its bound.  It is taken by
 * writing the process over 0 or over one that is gone, so no lock is needed,
 * and it is never given back by who dies.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/places.h"

enum { SLOTS = 512 };

struct slot {
	_Atomic uint32_t pid, count, most;
};

static struct slot	*board, *mine;

/* The file with every block there: a hole would be a signal on a full disk. */
static int
open_file(struct str folder)
{
	char		path[PATH_MAX];
	struct stat	st;
	int		fd, len;

	len = snprintf(path, sizeof(path), "%.*s/waiters", STR_FMT(folder));
	if (len < 0 || (size_t)len >= sizeof(path))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_size >= (off_t)(SLOTS * sizeof(*board)) ||
	    posix_fallocate(fd, 0, SLOTS * sizeof(*board)) == 0))
		return fd;
	close(fd);
	return -1;
}

void
places_open(struct str folder)
{
	void	*at = MAP_FAILED;
	int	 fd;

	places_close();
	fd = open_file(folder);
	if (fd == -1)
		return;
	at = mmap(NULL, SLOTS * sizeof(*board), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	close(fd);
	board = at == MAP_FAILED ? NULL : at;
}

void
places_close(void)
{
	/* After a fork it may be another's. */
	if (mine != NULL && atomic_load(&mine->pid) == (uint32_t)getpid()) {
		atomic_store(&mine->count, 0);
		atomic_store(&mine->most, 0);
		atomic_store(&mine->pid, 0);
	}
	if (board != NULL)
		munmap(board, SLOTS * sizeof(*board));
	board = mine = NULL;
}

static bool
is_alive(uint32_t pid)
{
	return pid != 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static bool
take_slot(struct slot *s)
{
	uint32_t	was = atomic_load(&s->pid);

	if (is_alive(was) && was != (uint32_t)getpid())
		return false;
	return atomic_compare_exchange_strong(&s->pid, &was,
	    (uint32_t)getpid());
}

void
places_set(uint32_t count, uint32_t most)
{
	for (size_t i = 0; board != NULL && mine == NULL && i < SLOTS; i++)
		if (take_slot(&board[i]))
			mine = &board[i];
	if (mine == NULL)
		return;
	atomic_store(&mine->count, count);
	atomic_store(&mine->most, most);
}

int64_t
places_taken(void)
{
	int64_t	taken = 0;

	for (size_t i = 0; board != NULL && i < SLOTS; i++) {
		uint32_t count = atomic_load(&board[i].count);

		if (count > 0 && is_alive(atomic_load(&board[i].pid)))
			taken += count;
	}
	return taken;
}

int64_t
places_most(int64_t usual)
{
	int64_t	least = 0;

	for (size_t i = 0; board != NULL && i < SLOTS; i++) {
		uint32_t most = atomic_load(&board[i].most);

		if (most > 0 && (least == 0 || most < least) &&
		    is_alive(atomic_load(&board[i].pid)))
			least = most;
	}
	return least == 0 ? usual : least;
}
