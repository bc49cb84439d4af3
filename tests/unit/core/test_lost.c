/*
 * Promises of core/lost.h: which session a purchase without a name is of.
 */
#include "base/clock.h"
#include "core/lost.h"
#include "unit/unit.h"

#define T	(INT64_C(1788256800) * SECOND)	/* 2026-09-01T10:00:00Z */

/* Two seats of variant 450102, paid at T. */
static struct lost
a_purchase(void)
{
	return (struct lost){
		.provider = STR("lemonsqueezy"), .price = STR("450102"),
		.quantity = 2, .livemode = true, .made_at = T,
	};
}

/* A checkout of just that, opened a minute before. */
static struct opened
a_checkout(struct str session, struct str user)
{
	return (struct opened){
		.session = {
			.id = session, .state = SESSION_PENDING,
			.terms = { .user = user, .quantity = 2 },
			.provider = STR("lemonsqueezy"),
			.price = STR("450102"), .livemode = true,
			.expires_at = T + HOUR,
		},
		.opened_at = T - MINUTE,
	};
}

static enum finding
find(const struct opened *list, size_t count, int64_t since, size_t *which)
{
	struct lost	 l = a_purchase();

	*which = 99;
	return lost_find(&l, list, count, since, which);
}

static void
a_purchase_is_of_the_session_that_was_opened_for_it(void)
{
	struct opened	 o = a_checkout(STR("us_1"), STR("u1"));
	size_t		 which;

	CU_ASSERT_EQUAL(find(&o, 1, T - DAY, &which), FINDING_OWNER);
	CU_ASSERT_EQUAL(which, 0);
	CU_ASSERT_EQUAL(find(NULL, 0, T - DAY, &which), FINDING_NO_ADDRESS);
}

/* One thing is otherwise each time. */
static struct opened
otherwise(const char *what)
{
	struct opened	 o = a_checkout(STR("us_1"), STR("u1"));

	switch (what[0]) {
	case 'p':
		o.session.provider = STR("paddle");
		break;
	case 'v':
		o.session.price = STR("450103");
		break;
	case 'n':
		o.session.price = STR_NONE;
		break;
	case 'q':
		o.session.terms.quantity = 1;
		break;
	case 'm':
		o.session.livemode = false;
		break;
	case 'c':
		o.session.terms.change = CHANGE_NOW;
		break;
	case 'o':
		o.opened_at = T + SECOND;
		break;
	case 'e':
		o.session.expires_at = T - DAY - 1;
		break;
	default:
		break;
	}
	return o;
}

static void
what_is_otherwise_does_not_fit(void)
{
	static const char *const	rows[] = {
		"provider", "variant", "no price", "quantity", "mode",
		"change", "opened later", "ended a day ago",
	};
	struct lost	 l = a_purchase();
	size_t		 which;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct opened	 o = otherwise(rows[i]);

		ROW(!lost_fits(&l, &o), rows[i]);
		ROW(find(&o, 1, T - DAY, &which) == FINDING_NO_FIT, rows[i]);
		ROW(which == 99, rows[i]);
	}
}

/* Providers tell whole seconds, and a day is let pass behind the session. */
static void
times_are_taken_to_their_last_moment(void)
{
	struct lost	 l = a_purchase();
	struct opened	 o = a_checkout(STR("us_1"), STR("u1"));

	o.opened_at = T + SECOND - 1;
	CU_ASSERT_TRUE(lost_fits(&l, &o));
	o.session.expires_at = T - DAY;
	CU_ASSERT_TRUE(lost_fits(&l, &o));
}

static void
money_taken_is_honoured_also_after_the_session_ended_without(void)
{
	static const enum session_state	rows[] = {
		SESSION_PENDING, SESSION_FAILED, SESSION_CANCELLED,
		SESSION_EXPIRED,
	};
	size_t	 which;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct opened	 o = a_checkout(STR("us_1"), STR("u1"));

		o.session.state = rows[i];
		ROW(find(&o, 1, T - DAY, &which) == FINDING_OWNER,
		    session_state_names[rows[i]]);
	}
}

static void
a_session_has_one_purchase(void)
{
	struct opened	 done = a_checkout(STR("us_1"), STR("u1"));
	struct opened	 owns = done;
	struct lost	 l = a_purchase();
	size_t		 which;

	done.session.state = SESSION_COMPLETED;
	owns.session.state = SESSION_EXPIRED;
	owns.spent = true;
	CU_ASSERT_FALSE(lost_fits(&l, &done));
	CU_ASSERT_FALSE(lost_fits(&l, &owns));
	CU_ASSERT_EQUAL(find(&done, 1, T - DAY, &which), FINDING_SPENT);
	CU_ASSERT_EQUAL(find(&owns, 1, T - DAY, &which), FINDING_SPENT);
}

static void
of_sessions_of_one_user_it_is_the_newest_that_fits(void)
{
	struct opened	 list[] = {
		a_checkout(STR("us_3"), STR("u1")),
		a_checkout(STR("us_2"), STR("u1")),
		a_checkout(STR("us_1"), STR("u1")),
	};
	size_t		 which;

	CU_ASSERT_EQUAL(find(list, 3, T - DAY, &which), FINDING_OWNER);
	CU_ASSERT_EQUAL(which, 0);
	list[0].opened_at = T + HOUR;
	CU_ASSERT_EQUAL(find(list, 3, T - DAY, &which), FINDING_OWNER);
	CU_ASSERT_EQUAL(which, 1);
}

static void
of_sessions_of_two_users_it_is_none(void)
{
	struct opened	 list[] = {
		a_checkout(STR("us_3"), STR("u1")),
		a_checkout(STR("us_2"), STR("u1")),
		a_checkout(STR("us_1"), STR("u2")),
	};
	size_t		 which;

	CU_ASSERT_EQUAL(find(list, 3, T - DAY, &which), FINDING_TWO_USERS);
	list[2].spent = true;
	CU_ASSERT_EQUAL(find(list, 3, T - DAY, &which), FINDING_OWNER);
	CU_ASSERT_EQUAL(which, 0);
}

static void
what_began_before_the_list_leaves_it_open(void)
{
	struct opened	 list[] = {
		a_checkout(STR("us_2"), STR("u1")),
		a_checkout(STR("us_1"), STR("u1")),
	};
	size_t		 which;

	list[1].opened_at = T - HOUR;
	CU_ASSERT_EQUAL(find(list, 2, T - HOUR, &which), FINDING_OWNER);
	CU_ASSERT_EQUAL(find(list, 2, T - HOUR + 1, &which),
	    FINDING_EARLIER);
}

static void
each_finding_but_one_has_words(void)
{
	for (int i = 0; i < FINDING__COUNT; i++)
		CU_ASSERT_EQUAL(finding_words[i][0] == '\0',
		    i == FINDING_OWNER);
}

CU_TestInfo lost_tests[] = {
	{ "a purchase is of the session that was opened for it",
	    a_purchase_is_of_the_session_that_was_opened_for_it },
	{ "what is otherwise does not fit", what_is_otherwise_does_not_fit },
	{ "times are taken to their last moment",
	    times_are_taken_to_their_last_moment },
	{ "money taken is honoured, also after the session ended without",
	    money_taken_is_honoured_also_after_the_session_ended_without },
	{ "a session has one purchase", a_session_has_one_purchase },
	{ "of sessions of one user it is the newest that fits",
	    of_sessions_of_one_user_it_is_the_newest_that_fits },
	{ "of sessions of two users it is none",
	    of_sessions_of_two_users_it_is_none },
	{ "what began before the list leaves it open",
	    what_began_before_the_list_leaves_it_open },
	{ "each finding but one has words", each_finding_but_one_has_words },
	CU_TEST_INFO_NULL
};
