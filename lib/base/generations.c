/*
 * The shared file behind the numbers.  A place holds a number above and the
 * count of writers under way below; all of it moves by one atomic addition.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/generations.h"
#include "base/mapped.h"

/* Few enough to stay in memory; two users in one place do no harm. */
enum { PLACES = 4096 };

#define UNDER_WAY	UINT64_C(0xffff)	/* the count of writers */
#define ONE_MORE	UINT64_C(0x10000)	/* the number */

struct place {
	_Atomic uint64_t state;
	_Atomic int64_t	 since;		/* there was always one under way */
};

struct table {
	_Atomic uint64_t magic;		/* of this very layout */
	struct place	 place[PLACES];
};

static const uint64_t	 layout = UINT64_C(0x52554e4747454e00) + 4;
static struct table	*table;
static char		 path[PATH_MAX], folder_text[PATH_MAX];
static ino_t		 inode;
static dev_t		 device;
static uint64_t		 epoch;

bool
generations_open(struct str folder)
{
	struct stat	st;

	generations_close();
	if (folder.len == 0 || folder.len + sizeof("/generations") > PATH_MAX)
		return false;
	snprintf(folder_text, sizeof(folder_text), "%.*s", STR_FMT(folder));
	snprintf(path, sizeof(path), "%.*s/generations", STR_FMT(folder));
	table = mapped_open(folder, "generations", sizeof(*table), layout);
	if (table == NULL)
		return false;
	if (stat(path, &st) == -1) {	/* taken away this very moment */
		generations_close();
		return false;
	}
	inode = st.st_ino;
	device = st.st_dev;
	epoch++;
	return true;
}

void
generations_close(void)
{
	mapped_close(table, sizeof(*table));
	table = NULL;
}

bool
generations_ready(void)
{
	struct stat	st;

	if (path[0] == '\0')
		return false;
	if (table != NULL && stat(path, &st) == 0 && st.st_ino == inode &&
	    st.st_dev == device)
		return true;
	return generations_open(str_of(folder_text));
}

uint64_t
generations_epoch(void)
{
	return epoch;
}

static struct place *
place_of(uint64_t who)
{
	return &table->place[who % PLACES];
}

bool
generation_now(uint64_t who, uint64_t *number)
{
	uint64_t	state;

	if (table == NULL)
		return false;
	state = atomic_load(&place_of(who)->state);
	*number = state;
	return (state & UNDER_WAY) == 0;
}

void
generation_begin(uint64_t who, int64_t now)
{
	struct place	*p;
	uint64_t	 state;

	if (table == NULL)
		return;
	p = place_of(who);
	state = atomic_load(&p->state);
	do {
		/* In front of the mark, so that it is never too long ago. */
		if ((state & UNDER_WAY) == 0)
			atomic_store(&p->since, now);
	} while (!atomic_compare_exchange_weak(&p->state, &state, state + 1));
}

void
generation_end(uint64_t who)
{
	struct place	*p;
	uint64_t	 state, mine;

	if (table == NULL)
		return;
	p = place_of(who);
	state = atomic_load(&p->state);
	do {
		/* Ours may have been taken away: we were thought dead. */
		mine = (state & UNDER_WAY) == 0 ? 0 : 1;
	} while (!atomic_compare_exchange_weak(&p->state, &state,
	    state + ONE_MORE - mine));
}

/* One place: is somebody under way here who was so long ago? */
static bool
mend(struct place *p, int64_t now)
{
	uint64_t	state = atomic_load(&p->state);
	int64_t		since = atomic_load(&p->since);

	if ((state & UNDER_WAY) == 0)
		return false;
	if (since > now)		/* the clock was set back */
		atomic_store(&p->since, now);
	return now - since >= GENERATION_DEAD_S * SECOND &&
	    atomic_compare_exchange_strong(&p->state, &state,
	    (state & ~UNDER_WAY) + ONE_MORE);
}

int64_t
generations_mend(int64_t now)
{
	int64_t	mended = 0;

	for (size_t i = 0; table != NULL && i < PLACES; i++)
		mended += mend(&table->place[i], now);
	return mended;
}
