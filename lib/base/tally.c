/*
 * The shared file behind the counters: slots that are found by metric and
 * label values, taken once and never given back.  Two processes that meet a
 * new series at the same moment may take a slot each; reading adds them up,
 * so no lock is needed anywhere.
 */
#include <inttypes.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/guard.h"
#include "base/mapped.h"
#include "base/tally.h"

enum {
	SLOTS		= 512,
	LABELS		= 2,
	LABEL_BYTES	= 56,	/* a route or a tier's name fits */
	BUCKETS_MAX	= 12,
};

enum kind { COUNTER, GRANT_TIMES, ANSWER_TIMES };
enum { FREE, TAKEN, READY };

static const struct metric {
	enum kind	 kind;
	const char	*name, *label[LABELS], *help;
} metrics[TALLY__COUNT] = {
#define X(id, kind, name, one, two, help)	\
	[TALLY_##id] = { kind, name, { one, two }, help },
	TALLIES(X)
#undef X
};

/* Upper bounds in microseconds. */
static const struct buckets {
	size_t	 count;
	int64_t	 at[BUCKETS_MAX];
} buckets[] = {
	[GRANT_TIMES] = { 10, { 100000, 250000, 500000, 1000000, 2500000,
	    5000000, 10000000, 30000000, 60000000, 300000000 } },
	[ANSWER_TIMES] = { 12, { 1000, 2500, 5000, 10000, 25000, 50000,
	    100000, 250000, 500000, 1000000, 5000000, 30000000 } },
};

/* The places of a slot's values: a counter uses the first alone. */
enum { VALUE_COUNT, VALUE_SUM, VALUE_BUCKETS, VALUES = VALUE_BUCKETS +
	BUCKETS_MAX };

struct slot {
	_Atomic uint32_t state;
	uint32_t	 metric;
	char		 label[LABELS][LABEL_BYTES];
	_Atomic uint64_t value[VALUES];
};

struct board {
	_Atomic uint64_t magic;		/* of this very layout */
	alignas(64) struct slot slot[SLOTS];
};

static const uint64_t	 layout = UINT64_C(0x52554e4754414c00) + 2;
static struct board	*board;

bool
tally_open(struct str folder)
{
	tally_close();
	board = mapped_open(folder, "metrics", sizeof(*board), layout, NULL);
	return board != NULL;
}

void
tally_close(void)
{
	mapped_close(board, sizeof(*board));
	board = NULL;
}

/* A value as a label can hold it: short, and in need of no escape. */
static void
put_label(char *out, const char *label, struct str value)
{
	memset(out, 0, LABEL_BYTES);
	if (label[0] == '\0')
		return;
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] < ' ' || value.at[i] > '~' ||
		    value.at[i] == '"' || value.at[i] == '\\')
			value.len = 0;
	if (value.len == 0 || value.len >= LABEL_BYTES)
		value = STR("other");
	memcpy(out, value.at, value.len);
}

static uint64_t
hash_of(const struct slot *want)
{
	return str_hash(str_of(want->label[0])) * LABELS +
	    str_hash(str_of(want->label[1])) + want->metric;
}

static bool
same_series(const struct slot *a, const struct slot *b)
{
	return a->metric == b->metric &&
	    memcmp(a->label, b->label, sizeof(a->label)) == 0;
}

/* The slot of a series, taken if it is new; NULL when there is no room. */
static struct slot *
find(enum tally id, struct str one, struct str two)
{
	struct slot	 want = { .metric = id };
	uint64_t	 start;

	if (board == NULL)
		return NULL;
	put_label(want.label[0], metrics[id].label[0], one);
	put_label(want.label[1], metrics[id].label[1], two);
	start = hash_of(&want);
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot	*s = &board->slot[(start + i) % SLOTS];
		uint32_t	 state = atomic_load(&s->state);

		if (state == FREE && atomic_compare_exchange_strong(&s->state,
		    &state, TAKEN)) {
			s->metric = want.metric;
			memcpy(s->label, want.label, sizeof(s->label));
			atomic_store(&s->state, READY);
			return s;
		}
		if (state == READY && same_series(s, &want))
			return s;
	}
	return NULL;
}

void
tally_add(enum tally id, struct str one, struct str two)
{
	struct slot	*s = find(id, one, two);

	must(metrics[id].kind == COUNTER);
	if (s != NULL)
		atomic_fetch_add(&s->value[VALUE_COUNT], 1);
}

void
tally_observe(enum tally id, struct str one, int64_t us)
{
	const struct buckets	*b = &buckets[metrics[id].kind];
	struct slot		*s = find(id, one, STR_NONE);

	must(metrics[id].kind != COUNTER);
	if (s == NULL)
		return;
	if (us < 0)		/* a clock was set back meanwhile */
		us = 0;
	for (size_t i = 0; i < b->count; i++) {
		if (us > b->at[i])
			continue;
		atomic_fetch_add(&s->value[VALUE_BUCKETS + i], 1);
		break;
	}
	atomic_fetch_add(&s->value[VALUE_SUM], (uint64_t)us);
	atomic_fetch_add(&s->value[VALUE_COUNT], 1);
}

void
tally_head(struct buf *out, const char *name, const char *kind,
    const char *help)
{
	buf_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/* name{one="...",two="...",le="..."}, with those there are. */
static void
write_name(struct buf *out, const struct metric *m, const char *ending,
    const struct slot *s, const char *le)
{
	const char	*comma = "{";

	buf_fmt(out, "%s%s", m->name, ending);
	for (size_t i = 0; i < LABELS; i++) {
		if (m->label[i][0] == '\0')
			continue;
		buf_fmt(out, "%s%s=\"%.*s\"", comma, m->label[i],
		    LABEL_BYTES - 1, s->label[i]);
		comma = ",";
	}
	if (le != NULL)
		buf_fmt(out, "%sle=\"%s\"", comma, le);
	if (comma[0] == ',' || le != NULL)
		buf_char(out, '}');
	buf_char(out, ' ');
}

/* Microseconds as seconds, with no more digits than it takes. */
static void
seconds_text(char *out, size_t size, uint64_t us)
{
	int	len = snprintf(out, size, "%" PRIu64 ".%06" PRIu64,
		    us / 1000000, us % 1000000);

	must(len > 0 && (size_t)len < size);
	while (out[len - 1] == '0')
		out[--len] = '\0';
	if (out[len - 1] == '.')
		out[--len] = '\0';
}

static void
write_histogram(struct buf *out, const struct metric *m, const struct slot *s)
{
	const struct buckets	*b = &buckets[m->kind];
	uint64_t		 sum = 0;
	char			 text[32];

	for (size_t i = 0; i < b->count; i++) {
		sum += s->value[VALUE_BUCKETS + i];
		seconds_text(text, sizeof(text), (uint64_t)b->at[i]);
		write_name(out, m, "_bucket", s, text);
		buf_fmt(out, "%" PRIu64 "\n", sum);
	}
	write_name(out, m, "_bucket", s, "+Inf");
	/* Somebody may be between the two additions: never below a bucket. */
	if (sum < s->value[VALUE_COUNT])
		sum = s->value[VALUE_COUNT];
	buf_fmt(out, "%" PRIu64 "\n", sum);
	write_name(out, m, "_sum", s, NULL);
	seconds_text(text, sizeof(text), s->value[VALUE_SUM]);
	buf_fmt(out, "%s\n", text);
	write_name(out, m, "_count", s, NULL);
	buf_fmt(out, "%" PRIu64 "\n", sum);
}

static void
write_series(struct buf *out, const struct metric *m, const struct slot *s)
{
	if (m->kind != COUNTER) {
		write_histogram(out, m, s);
		return;
	}
	write_name(out, m, "", s, NULL);
	buf_fmt(out, "%" PRIu64 "\n", s->value[VALUE_COUNT]);
}

/*
 * The series that stands in slot i with all its twins added in; false when
 * there is none, or an earlier slot has it.
 */
static bool
gather(enum tally id, size_t i, struct slot *out)
{
	struct slot	*s = &board->slot[i];

	if (atomic_load(&s->state) != READY || s->metric != id)
		return false;
	*out = (struct slot){ .metric = id };
	memcpy(out->label, s->label, sizeof(out->label));
	for (size_t j = 0; j < SLOTS; j++) {
		struct slot *twin = &board->slot[j];

		if (atomic_load(&twin->state) != READY ||
		    !same_series(twin, out))
			continue;
		if (j < i)
			return false;
		for (size_t v = 0; v < VALUES; v++)
			out->value[v] += atomic_load(&twin->value[v]);
	}
	return true;
}

void
tally_write(struct buf *out)
{
	for (enum tally id = 0; id < TALLY__COUNT; id++) {
		const struct metric	*m = &metrics[id];
		struct slot		 series = { .metric = id };
		bool			 any = false;

		tally_head(out, m->name,
		    m->kind == COUNTER ? "counter" : "histogram", m->help);
		for (size_t i = 0; board != NULL && i < SLOTS; i++) {
			if (!gather(id, i, &series))
				continue;
			write_series(out, m, &series);
			any = true;
		}
		if (!any && m->label[0][0] == '\0')
			write_series(out, m, &series);
	}
}
