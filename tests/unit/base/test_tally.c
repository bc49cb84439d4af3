/* Promises of base/tally.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/tally.h"
#include "unit/unit.h"

static char	folder[] = "/tmp/rung-tally-XXXXXX";
static bool	made;

/* A folder of our own with no file in it. */
static struct str
fresh_folder(void)
{
	char	path[64];

	if (!made)
		must(mkdtemp(folder) != NULL);
	made = true;
	snprintf(path, sizeof(path), "%s/metrics", folder);
	unlink(path);
	return str_of(folder);
}

static void
leave_folder(void)
{
	tally_close();
	fresh_folder();
	must(rmdir(folder) == 0);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	made = false;
}

static struct str
written(void)
{
	struct buf	b;

	buf_init(&b, unit_arena(), 1024 * 1024);
	tally_write(&b);
	CU_ASSERT_FALSE(b.full);
	return buf_str(&b);
}

static bool
says(const char *line)
{
	struct str	all = written();

	while (all.at != NULL)
		if (str_eq(str_cut(&all, '\n'), str_of(line)))
			return true;
	return false;
}

static void
counts_outlive_their_process(void)
{
	struct str	dir = fresh_folder();
	pid_t		child = fork();

	if (child == 0) {
		tally_open(dir);
		for (int i = 0; i < 1000; i++)
			tally_add(TALLY_UPGRADES_STARTED, STR("pro"),
			    STR_NONE);
		_exit(0);
	}
	CU_ASSERT_TRUE(tally_open(dir));
	for (int i = 0; i < 1000; i++)
		tally_add(TALLY_UPGRADES_STARTED, STR("pro"), STR_NONE);
	must(waitpid(child, NULL, 0) == child);
	CU_ASSERT_TRUE(says("rung_upgrades_started_total{tier=\"pro\"} 2000"));
	leave_folder();
}

static void
each_series_is_written_once_with_its_labels(void)
{
	CU_ASSERT_TRUE(tally_open(fresh_folder()));
	tally_add(TALLY_WEBHOOKS_RECEIVED, STR("stripe"), STR("accepted"));
	tally_add(TALLY_WEBHOOKS_RECEIVED, STR("stripe"), STR("duplicate"));
	tally_add(TALLY_WEBHOOKS_RECEIVED, STR("stripe"), STR("accepted"));
	CU_ASSERT_TRUE(says("rung_webhooks_received_total"
	    "{provider=\"stripe\",outcome=\"accepted\"} 2"));
	CU_ASSERT_TRUE(says("rung_webhooks_received_total"
	    "{provider=\"stripe\",outcome=\"duplicate\"} 1"));
	leave_folder();
}

static void
buckets_hold_all_that_is_not_slower(void)
{
	CU_ASSERT_TRUE(tally_open(fresh_folder()));
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, 250000);
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, 250001);
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, 900000000);
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, -5);
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_bucket"
	    "{le=\"0.1\"} 1"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_bucket"
	    "{le=\"0.25\"} 2"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_bucket"
	    "{le=\"0.5\"} 3"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_bucket"
	    "{le=\"300\"} 3"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_bucket"
	    "{le=\"+Inf\"} 4"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_count 4"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_sum 900.500001"));
	leave_folder();
}

static void
a_label_can_break_no_line(void)
{
	CU_ASSERT_TRUE(tally_open(fresh_folder()));
	tally_add(TALLY_UPGRADES_STARTED, STR("a\"} 1\nx"), STR_NONE);
	tally_add(TALLY_UPGRADES_STARTED, STR(""), STR_NONE);
	CU_ASSERT_TRUE(says("rung_upgrades_started_total{tier=\"other\"} 2"));
	leave_folder();
}

static void
more_series_than_there_is_room_for_do_no_harm(void)
{
	CU_ASSERT_TRUE(tally_open(fresh_folder()));
	for (int i = 0; i < 2000; i++)
		tally_add(TALLY_UPGRADES_STARTED,
		    arena_text(unit_arena(), "t%d", i), STR_NONE);
	CU_ASSERT_TRUE(says("rung_upgrades_started_total{tier=\"t0\"} 1"));
	CU_ASSERT_FALSE(says("rung_upgrades_started_total{tier=\"t1999\"} 1"));
	leave_folder();
}

static void
without_a_file_nothing_fails(void)
{
	CU_ASSERT_FALSE(tally_open(STR("/nowhere/at/all")));
	tally_add(TALLY_UPGRADES_STARTED, STR("pro"), STR_NONE);
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, 1);
	CU_ASSERT_TRUE(says("# TYPE rung_time_to_grant_seconds histogram"));
	CU_ASSERT_TRUE(says("rung_time_to_grant_seconds_count 0"));
}

static void
a_file_of_another_layout_is_replaced(void)
{
	struct str	dir = fresh_folder();
	char		path[64];
	FILE		*f;

	snprintf(path, sizeof(path), "%s/metrics", dir.at);
	f = fopen(path, "w");
	must(f != NULL);
	fputs("not ours at all", f);
	fclose(f);
	CU_ASSERT_TRUE(tally_open(dir));
	tally_add(TALLY_UPGRADES_STARTED, STR("pro"), STR_NONE);
	CU_ASSERT_TRUE(says("rung_upgrades_started_total{tier=\"pro\"} 1"));
	leave_folder();
}

CU_TestInfo tally_tests[] = {
	{ "counts outlive their process", counts_outlive_their_process },
	{ "each series is written once with its labels",
	    each_series_is_written_once_with_its_labels },
	{ "buckets hold all that is not slower",
	    buckets_hold_all_that_is_not_slower },
	{ "a label can break no line", a_label_can_break_no_line },
	{ "more series than there is room for do no harm",
	    more_series_than_there_is_room_for_do_no_harm },
	{ "without a file nothing fails", without_a_file_nothing_fails },
	{ "a file of another layout is replaced",
	    a_file_of_another_layout_is_replaced },
	CU_TEST_INFO_NULL
};
