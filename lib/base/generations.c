/*
 * The shared file behind the numbers.  A place holds a number above and the
 * count of writers under way below; all of it moves by one atomic addition.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/generations.h"
#include "base/limits.h"
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
	_Atomic int64_t	 born;
	struct place	 place[PLACES];
};

static const uint64_t	 layout = UINT64_C(0x52554e4747454e00) + 4;
static struct table	*table;
static char		 path[PATH_MAX], folder_text[PATH_MAX];
static struct stat	 mapped;
static int		 file = -1;	/* the same, open */
static int64_t		 looked_at;	/* last, whether the path leads to it */
static uint64_t		 epoch;
static bool		 young;

_Static_assert((int)GENERATION_NEW_S > (int)WRITE_DEADLINE_S &&
    (int)GENERATION_NEW_S > (int)WEBHOOK_DEADLINE_S, "or a writer outlasts it");

/* Nobody knows the age of one from the future: it counts from now. */
static void
look_how_old(int64_t now)
{
	int64_t	born = atomic_load(&table->born);

	if ((born == 0 || born > now) &&
	    atomic_compare_exchange_strong(&table->born, &born, now))
		born = now;
	young = now - born < GENERATION_NEW_S * SECOND;
}

static bool
is_mapped(const struct stat *st)
{
	return st->st_ino == mapped.st_ino && st->st_dev == mapped.st_dev;
}

/* Without a name it was removed, or another took its place. */
static bool
has_name(void)
{
	struct stat	st;

	return fstat(file, &st) == 0 && is_mapped(&st) && st.st_nlink > 0;
}

/* Does the path lead to the file that is mapped? */
static bool
leads_here(int64_t now)
{
	struct stat	st;

	looked_at = now;
	return stat(path, &st) == 0 && is_mapped(&st);
}

/* Map what is in the folder now, or make it. */
static bool
map_anew(int64_t now)
{
	generations_close();
	table = mapped_open(str_of(folder_text), "generations",
	    sizeof(*table), layout, &mapped);
	if (table == NULL)
		return false;
	file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	epoch++;
	look_how_old(now);
	return true;
}

bool
generations_open(struct str folder, int64_t now)
{
	generations_close();
	if (folder.len == 0 || folder.len + sizeof("/generations") > PATH_MAX)
		return false;
	snprintf(folder_text, sizeof(folder_text), "%.*s", STR_FMT(folder));
	snprintf(path, sizeof(path), "%.*s/generations", STR_FMT(folder));
	return map_anew(now);
}

void
generations_close(void)
{
	mapped_close(table, sizeof(*table));
	table = NULL;
	if (file != -1)
		close(file);
	file = -1;
	looked_at = INT64_MAX;
}

bool
generations_look(int64_t now)
{
	if (path[0] == '\0')
		return false;
	if (table == NULL || !leads_here(now))
		return map_anew(now);
	if (young)
		look_how_old(now);
	return true;
}

bool
generations_ready(int64_t now)
{
	bool	lately = now >= looked_at && now - looked_at < SECOND;

	return (lately && table != NULL && !young && has_name()) ||
	    generations_look(now);
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

	if (table == NULL || young)
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
