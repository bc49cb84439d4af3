/*
 * Every call to the database, wrong in every way: what is stored is whole,
 * and the same request sent again ends it once and only once.
 */
#include "store/fault.h"
#include "store/store.h"
#include "store/story.h"
#include "store/things.h"

static struct db *
faulty_db(bool one_by_one)
{
	struct db *db = store_db_new();

	db_use_driver(db, &fault_driver);
	if (one_by_one)
		db_one_by_one(db);
	return db;
}

/* The request, as its sender repeats it until it hears an answer. */
static enum rc
again(struct db *db, tx_body *body, struct story *t)
{
	struct err	 e = { .what = "" };
	enum rc		 rc;

	fault_set(0, WAY_REFUSED);
	db_deadline(db, clock_steady() + 4 * SECOND);
	rc = tx_run(db, body, t, &e);
	if (rc != RC_OK && rc != RC_DUPLICATE)
		printf("\n%s", e.what);
	return rc;
}

struct scene {
	const char	*name;
	tx_body		*body;
	int		(*state)(const struct story *);
	int		 from, to;	/* the state before and after */
	tx_body		*before[3];	/* what has to be done first */
};

static const struct scene scenes[] = {
	{ "start", story_start, story_state, 0, 1, { NULL } },
	{ "payment", story_paid, story_state, 1, 2, { story_start } },
	{ "lease", story_leased, story_state, 1, 3, { story_start } },
	{ "checkout made", story_made, story_state, 3, 4,
	    { story_start, story_leased } },
	{ "cancelled", story_cancelled, story_state, 4, 5,
	    { story_start, story_leased, story_made } },
	{ "forgotten", story_forgotten, story_state, 4, 6,
	    { story_start, story_leased, story_made } },
	{ "claim", story_claim, story_secret_state, 2, 3,
	    { story_start, story_paid } },
	{ "rotation", story_rotate, story_secret_state, 3, 4,
	    { story_start, story_paid, story_claim } },
	{ "taking", story_take, story_take_state, 0, 1, { NULL } },
	{ "holding", story_hold, story_hold_state, 0, 1, { NULL } },
	{ "confirming", story_confirm, story_hold_state, 1, 2,
	    { story_hold } },
};

static void
set_the_scene(const struct scene *s, struct story *t)
{
	struct err e = { .what = "" };

	store_empty();
	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	*t = A_STORY;
	for (size_t i = 0; i < COUNT(s->before) && s->before[i] != NULL; i++)
		OK(tx_run(store_db(), s->before[i], t, &e));
}

/* One call wrong in one way; false when there is no such call. */
static bool
try_one(const struct scene *s, bool one_by_one, int n, enum way way)
{
	struct db	*db = faulty_db(one_by_one);
	struct story	 t;
	struct err	 e = { .what = "" };
	char		 what[120];
	enum rc		 rc;
	int		 state;
	bool		 fired;

	snprintf(what, sizeof(what), "%s, call %d: %s", s->name, n,
	    way_names[way]);
	set_the_scene(s, &t);
	fault_set(n, way);
	db_deadline(db, clock_steady() + (way == WAY_SLOW ?
	    FAULT_PAUSE_MS * INT64_C(900) : 4 * SECOND));
	rc = tx_run(db, s->body, &t, &e);
	fired = fault_fired();
	state = s->state(&t);
	ROW(state == s->from || state == s->to, what);
	/* Said to be done is done; all else may be told as not done. */
	ROW(rc != RC_OK || state == s->to, what);
	rc = again(db, s->body, &t);
	ROW(rc == RC_OK || (rc == RC_DUPLICATE && t.same), what);
	ROW(s->state(&t) == s->to, what);
	db_free(&db);
	return fired;
}

static int
sweep(const struct scene *s, bool one_by_one)
{
	int cases = 0;

	for (int way = 0; way < WAY__COUNT; way++)
		for (int n = 1; try_one(s, one_by_one, n, way); n++)
			cases++;
	return cases;
}

static void
every_call_wrong_in_every_way_ends_whole(void)
{
	int cases = 0;

	for (size_t i = 0; i < COUNT(scenes); i++)
		cases += sweep(&scenes[i], false);
	printf("%d cases ... ", cases);
	CU_ASSERT_TRUE(cases > 100);
}

static void
the_same_without_pipelining(void)
{
	int cases = sweep(&scenes[1], true);

	printf("%d cases ... ", cases);
	CU_ASSERT_TRUE(cases > 100);
}

/* The COMMIT of a payment goes wrong; how often the body ran. */
static int
commit_wrong(enum way way, enum rc *rc)
{
	struct db	*db = faulty_db(false);
	struct err	 e = { .what = "" };
	struct story	 t;
	int		 runs;

	set_the_scene(&scenes[1], &t);
	t.runs = 0;
	fault_text("COMMIT", way);
	*rc = tx_run(db, story_paid, &t, &e);
	CU_ASSERT_TRUE(fault_fired());
	runs = t.runs;
	CU_ASSERT_EQUAL(story_state(&t), 2);
	db_free(&db);
	return runs;
}

static void
a_commit_whose_answer_is_lost_was_done_once(void)
{
	enum rc rc;

	/* The second run meets the row of the first. */
	CU_ASSERT_EQUAL(commit_wrong(WAY_UNHEARD, &rc), 2);
	CU_ASSERT_EQUAL(rc, RC_DUPLICATE);
}

static void
a_commit_that_was_never_sent_is_done_again(void)
{
	enum rc rc;

	CU_ASSERT_EQUAL(commit_wrong(WAY_CUT, &rc), 2);
	CU_ASSERT_EQUAL(rc, RC_OK);
	CU_ASSERT_EQUAL(commit_wrong(WAY_REFUSED, &rc), 2);
	CU_ASSERT_EQUAL(rc, RC_OK);
}

static void
a_commit_that_lost_its_certification_is_done_again(void)
{
	enum rc rc;

	CU_ASSERT_EQUAL(commit_wrong(WAY_DEADLOCK, &rc), 2);
	CU_ASSERT_EQUAL(rc, RC_OK);
}

static void
doubt_past_the_deadline_is_not_told_as_failure(void)
{
	struct db	*db = faulty_db(false);
	struct err	 e = { .what = "" };
	struct story	 t;

	set_the_scene(&scenes[1], &t);
	db_deadline(db, clock_steady() + FAULT_PAUSE_MS * 900);
	fault_text("COMMIT", WAY_SLOW);
	CU_ASSERT_EQUAL(tx_run(db, story_paid, &t, &e), RC_STORE_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.mend, "once and only once"));
	CU_ASSERT_EQUAL(again(db, story_paid, &t), RC_DUPLICATE);
	CU_ASSERT_EQUAL(story_state(&t), 2);
	db_free(&db);
}

/* Fails for good: each try until the tries are used up. */
static enum rc
always_busy(struct db *db, void *arg, struct err *e)
{
	(void)db;
	++*(int *)arg;
	return err_set(e, RC_BUSY, NULL, "never mine");
}

static void
tries_are_bounded(void)
{
	struct err	 e = { .what = "" };
	int		 runs = 0;

	CU_ASSERT_EQUAL(tx_run(store_db(), always_busy, &runs, &e),
	    RC_STORE_UNAVAILABLE);
	CU_ASSERT_EQUAL(runs, 8);
	SAME(str_of(e.what), "never mine");
}

CU_TestInfo faults_tests[] = {
	{ "a commit whose answer is lost was done once",
	    a_commit_whose_answer_is_lost_was_done_once },
	{ "a commit that was never sent is done again",
	    a_commit_that_was_never_sent_is_done_again },
	{ "a commit that lost its certification is done again",
	    a_commit_that_lost_its_certification_is_done_again },
	{ "doubt past the deadline is not told as failure",
	    doubt_past_the_deadline_is_not_told_as_failure },
	{ "tries are bounded", tries_are_bounded },
	{ "every call wrong in every way ends whole",
	    every_call_wrong_in_every_way_ends_whole },
	{ "the same without pipelining", the_same_without_pipelining },
	CU_TEST_INFO_NULL
};
