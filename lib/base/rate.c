/*
 * One slot for each who asks, found by hash among a few neighbours; a new one
 * takes the place of whoever has been quiet the longest.  Start and count of
 * a window are one word, so that a slot is never half written.
 */
#include <stdatomic.h>

#include "base/guard.h"
#include "base/mapped.h"
#include "base/rate.h"

enum {
	SLOTS		= 16384,
	NEIGHBOURS	= 8,
};

struct slot {
	_Atomic uint64_t who;		/* 0: free */
	_Atomic uint64_t window;	/* its first second << 32 | count */
};

struct table {
	_Atomic uint64_t magic;
	uint64_t	 spare;
	struct slot	 slot[SLOTS];
};

static const uint64_t	 layout = UINT64_C(0x52554e4752415400) + 1;
static struct table	*table;

bool
rate_open(struct str folder)
{
	rate_close();
	table = mapped_open(folder, "rates", sizeof(*table), layout, NULL);
	return table != NULL;
}

void
rate_close(void)
{
	mapped_close(table, sizeof(*table));
	table = NULL;
}

static int64_t
first_second(uint64_t window)
{
	return (int64_t)(window >> 32);
}

static struct slot *
find(uint64_t who)
{
	struct slot	*quiet = NULL;

	for (size_t i = 0; i < NEIGHBOURS; i++) {
		struct slot	*s = &table->slot[(who + i) % SLOTS];
		uint64_t	 found = atomic_load(&s->who);

		if (found == who || (found == 0 && (
		    atomic_compare_exchange_strong(&s->who, &found, who) ||
		    found == who)))
			return s;
		if (quiet == NULL || first_second(s->window) <
		    first_second(quiet->window))
			quiet = s;
	}
	atomic_store(&quiet->who, who);
	atomic_store(&quiet->window, 0);
	return quiet;
}

bool
rate_count(uint64_t who, int64_t now, int64_t quota, struct rate *out,
    bool *over)
{
	struct slot	*s;
	uint64_t	 old, next;
	int64_t		 count, since;

	must(quota > 0);
	if (table == NULL)
		return false;
	s = find(who == 0 ? 1 : who);
	old = atomic_load(&s->window);
	do {
		since = first_second(old);
		count = (int64_t)(old & UINT32_MAX);
		/* A window that lies ahead is of a clock that was set back. */
		if (now < since || now - since >= RATE_WINDOW_S) {
			since = now;
			count = 0;
		}
		*over = count >= quota;
		next = (uint64_t)since << 32 |
		    (uint64_t)(*over ? count : count + 1);
	} while (!atomic_compare_exchange_weak(&s->window, &old, next));
	count = (int64_t)(next & UINT32_MAX);
	*out = (struct rate){
		.quota = quota, .left = count < quota ? quota - count : 0,
		.reset_s = since + RATE_WINDOW_S - now,
	};
	return true;
}
