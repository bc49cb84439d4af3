/*
 * flow_catalog: which versions were applied, and the parsed ones.  One row of
 * memory per seller; a row is rebuilt when a newer version appears.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/catalog.h"
#include "store/matrix_store.h"
#include "wire/matrix_read.h"

#define LOOK_AGAIN	(SECOND / 2)

struct range {				/* the versions of one seller */
	struct range	*next;
	uint32_t	 seller;
	int64_t		 looked_at;	/* clock_steady */
	uint64_t	 turn;		/* of that look */
	struct arena	*arena, *retired;	/* retired: still read this turn */
	struct edition	*editions;
	struct catalog	 catalog;
};

struct shelf {
	uint64_t	 turn;
	struct range	*ranges;
};

struct shelf *
shelf_new(void)
{
	return calloc(1, sizeof(struct shelf));
}

void
shelf_free(struct shelf **shelf)
{
	if (*shelf == NULL)
		return;
	for (struct range *r = (*shelf)->ranges, *next; r != NULL; r = next) {
		next = r->next;
		arena_free(&r->arena);
		arena_free(&r->retired);
		free(r);
	}
	free(*shelf);
	*shelf = NULL;
}

void
shelf_turn(struct shelf *shelf)
{
	shelf->turn++;
	for (struct range *r = shelf->ranges; r != NULL; r = r->next)
		arena_free(&r->retired);
}

static struct range *
range_of(struct shelf *shelf, uint32_t seller)
{
	struct range *r;

	for (r = shelf->ranges; r != NULL; r = r->next)
		if (r->seller == seller)
			return r;
	r = calloc(1, sizeof(*r));
	must(r != NULL);
	r->seller = seller;
	r->next = shelf->ranges;
	shelf->ranges = r;
	return r;
}

/* Parse one version into the range's arena, unless it is there already. */
static enum rc
edition_load(struct flow *f, struct arena *arena, struct edition *edition,
    struct err *e)
{
	struct matrix *m;
	struct findings findings = { NULL, 0 };
	struct str yaml = STR_NONE;

	if (edition->matrix != NULL)
		return RC_OK;
	TRY(matrix_source(f->db, f->seller, edition->version, f->arena, &yaml,
	    e));
	m = arena_one(arena, struct matrix);
	if (matrix_read(yaml, arena, m, &findings, e) != RC_OK)
		return err_set(e, RC_BROKEN, "Apply a checked matrix again.",
		    "stored matrix version %lld cannot be read",
		    (long long)edition->version);
	m->version = edition->version;
	m->applied_at = edition->applied_at;
	edition->matrix = m;
	return RC_OK;
}

static enum rc
range_rebuild(struct flow *f, struct range *r, struct err *e)
{
	GUARD(arena_free) struct arena *arena =
	    arena_new("matrix", ARENA_BYTES_MAX);
	struct edition *editions = NULL;
	size_t count = 0;

	must(arena != NULL);
	TRY(matrix_editions(f->db, f->seller, arena, &editions, &count, e));
	if (count == 0)
		return err_set(e, RC_BROKEN, "Run: rung matrix apply FILE",
		    "no matrix was ever applied");
	TRY(edition_load(f, arena, &editions[count - 1], e));
	must(r->retired == NULL);
	r->retired = r->arena;
	r->arena = arena;
	arena = NULL;
	r->editions = editions;
	r->catalog = (struct catalog){
		editions, count, catalog_switched(editions, count),
	};
	return RC_OK;
}

/* Look for a newer version, at most once a turn and every half second. */
static enum rc
range_refresh(struct flow *f, struct shelf *shelf, struct range *r,
    struct err *e)
{
	int64_t newest = 0, steady = clock_steady();

	if (r->arena != NULL && (r->turn == shelf->turn ||
	    steady - r->looked_at < LOOK_AGAIN))
		return RC_OK;
	TRY(matrix_newest(f->db, f->seller, f->arena, &newest, e));
	if (r->arena == NULL ||
	    newest != catalog_newest(&r->catalog)->version)
		TRY(range_rebuild(f, r, e));
	r->turn = shelf->turn;
	r->looked_at = steady;
	return RC_OK;
}

enum rc
flow_catalog(struct flow *f, const struct catalog **out, struct err *e)
{
	return flow_catalog_with(f, NULL, 0, out, e);
}

/*
 * One rebuilding a turn: what the turn has already been given must stay.  If
 * that was this very turn, the version came after it, and the next turn will
 * know it.
 */
enum rc
flow_catalog_since(struct flow *f, int64_t version,
    const struct catalog **out, struct err *e)
{
	struct range *r = range_of(app_shelf(f->app), f->seller);

	TRY(flow_catalog(f, out, e));
	if (version <= catalog_newest(*out)->version || r->retired != NULL)
		return RC_OK;
	TRY(range_rebuild(f, r, e));
	*out = &r->catalog;
	return RC_OK;
}

enum rc
flow_catalog_with(struct flow *f, const int64_t *versions, size_t count,
    const struct catalog **out, struct err *e)
{
	struct shelf *shelf = app_shelf(f->app);
	struct range *r = range_of(shelf, f->seller);

	TRY(range_refresh(f, shelf, r, e));
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < r->catalog.count; n++)
			if (r->editions[n].version == versions[i])
				TRY(edition_load(f, r->arena, &r->editions[n],
				    e));
	*out = &r->catalog;
	return RC_OK;
}
