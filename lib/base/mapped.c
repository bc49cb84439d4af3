/*
 * Making, checking and mapping a shared file.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mapped.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
    "a lock inside one process would not hold between two");

/* The file, as large as asked and with every block there; -1 if not. */
static int
open_file(const char *path, size_t size, struct stat *st)
{
	int	fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return -1;
	/* A hole would be a signal, not an error, on a full disk. */
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
	    (st->st_size >= (off_t)size ||
	    posix_fallocate(fd, 0, (off_t)size) == 0))
		return fd;
	close(fd);
	return -1;
}

static void *
map_file(const char *path, size_t size, struct stat *st)
{
	int	 fd = open_file(path, size, st);
	void	*at;

	if (fd == -1)
		return NULL;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

/* Is it ours? */
static bool
claim(void *at, uint64_t layout)
{
	_Atomic uint64_t	*magic = at;
	uint64_t		 none = 0;

	return atomic_compare_exchange_strong(magic, &none, layout) ||
	    none == layout;
}

void *
mapped_open(struct str folder, const char *name, size_t size, uint64_t layout,
    struct stat *file)
{
	char		 path[PATH_MAX];
	struct stat	 ignored;
	int		 len;
	void		*at;

	len = snprintf(path, sizeof(path), "%.*s/%s", STR_FMT(folder), name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return NULL;
	for (int tries = 0; tries < 2; tries++) {
		at = map_file(path, size, file == NULL ? &ignored : file);
		if (at == NULL || claim(at, layout))
			return at;
		mapped_close(at, size);
		unlink(path);
	}
	return NULL;
}

void
mapped_close(void *at, size_t size)
{
	if (at != NULL)
		munmap(at, size);
}
