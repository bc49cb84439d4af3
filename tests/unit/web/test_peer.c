/* Promises of web/web.h and web/inside.h about who is at the other end. */
#include "unit/unit.h"
#include "web/inside.h"

static struct conf
trusting(const char *const *addresses)
{
	struct conf	c = { .mode = MODE_TEST };
	struct str	*list = arena_many(unit_arena(), 8, struct str);

	while (addresses[c.trusted_proxies.count] != NULL) {
		list[c.trusted_proxies.count] =
		    str_of(addresses[c.trusted_proxies.count]);
		c.trusted_proxies.count++;
	}
	c.trusted_proxies.at = list;
	return c;
}

static struct web
request(const struct conf *c, const char *peer, const char *forwarded)
{
	struct web	w = { .conf = c };

	w.head.at[VAR_PEER] = str_of(peer);
	w.head.at[VAR_FORWARDED_FOR] = str_of(forwarded);
	return w;
}

static void
a_forwarded_address_counts_as_far_as_our_proxies_wrote_it(void)
{
	static const char *const	ours[] = { "10.0.0.1", "10.0.0.2",
					    "fd00::1", NULL };
	static const struct {
		const char	*row, *peer, *forwarded, *want;
	} rows[] = {
		{ "nobody's word", "1.2.3.4", NULL, "1.2.3.4" },
		{ "a stranger's word", "1.2.3.4", "9.9.9.9", "1.2.3.4" },
		{ "a stranger who names our proxies", "1.2.3.4",
		    "9.9.9.9, 10.0.0.1, 10.0.0.2", "1.2.3.4" },
		{ "a proxy", "10.0.0.1", "1.2.3.4", "1.2.3.4" },
		{ "a proxy that says nothing", "10.0.0.1", NULL, "10.0.0.1" },
		{ "or nothing at all", "10.0.0.1", "", "10.0.0.1" },
		{ "what the client had sent stands before", "10.0.0.1",
		    "127.0.0.1, 9.9.9.9,1.2.3.4", "1.2.3.4" },
		{ "also when it names a proxy", "10.0.0.1",
		    "10.0.0.2, 1.2.3.4", "1.2.3.4" },
		{ "two proxies", "10.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2",
		    "1.2.3.4" },
		{ "in any order", "10.0.0.2", "1.2.3.4 ,\t10.0.0.1 ",
		    "1.2.3.4" },
		{ "only proxies", "10.0.0.1", "10.0.0.2, 10.0.0.1",
		    "10.0.0.2" },
		{ "by IPv6", "fd00::1", "2001:db8::7", "2001:db8::7" },
		{ "in another spelling", "FD00:0:0:0:0:0:0:1", "2001:db8::7",
		    "2001:db8::7" },
		{ "IPv4 as IPv6", "::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4" },
		{ "nearly a proxy", "10.0.0.11", "1.2.3.4", "10.0.0.11" },
		{ "no address: it ends there", "10.0.0.1", "1.2.3.4, unknown",
		    "unknown" },
		{ "nor one with a port", "10.0.0.1", "1.2.3.4, 10.0.0.2:80",
		    "10.0.0.2:80" },
		{ "an empty entry", "10.0.0.1", "1.2.3.4,", "" },
		{ "no peer", "", "1.2.3.4", "" },
	};
	struct conf	c = trusting(ours);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct web w = request(&c, rows[i].peer, rows[i].forwarded);

		ROW(str_eq(web_peer(&w), str_of(rows[i].want)), rows[i].row);
	}
}

static void
nobody_is_trusted_unless_he_is_named(void)
{
	static const char *const	none[] = { NULL };
	struct conf			c = trusting(none);
	struct web			w = request(&c, "127.0.0.1",
					    "1.2.3.4");

	SAME(web_peer(&w), "127.0.0.1");
}

/* A list that an operator gave, such as metrics_allow. */
static void
a_list_is_held_against_who_really_asks(void)
{
	static const char *const	ours[] = { "10.0.0.1", NULL };
	static const struct str		allowed[] = {
		STR("127.0.0.1"), STR("2001:db8::7"),
	};
	static const struct {
		const char	*peer, *forwarded;
		bool		 is_in;
	} rows[] = {
		{ "127.0.0.1", NULL, true },
		{ "10.0.0.1", "2001:DB8::0007", true },
		{ "10.0.0.1", "127.0.0.1, 1.2.3.4", false },
		{ "10.0.0.1", "127.0.0.1, no address", false },
		{ "1.2.3.4", "127.0.0.1", false },
		{ "", NULL, false },
	};
	const struct str_list		list = { allowed, COUNT(allowed) };
	struct conf			c = trusting(ours);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct web w = request(&c, rows[i].peer, rows[i].forwarded);

		ROW(web_peer_in(&w, &list) == rows[i].is_in, rows[i].peer);
	}
}

static void
of_IPv6_a_network_is_one_customer(void)
{
	static const char *const	none[] = { NULL };
	static const struct {
		const char	*one, *other;
		bool		 same;
	} rows[] = {
		{ "1.2.3.4", "1.2.3.4", true },
		{ "1.2.3.4", "1.2.3.5", false },
		{ "1.2.3.4", "::ffff:1.2.3.4", true },
		{ "2001:db8::1", "2001:db8::ffff:0:2", true },
		{ "2001:db8::1", "2001:db8:0:1::1", false },
		{ "::1", "::2", true },
		{ "::1", "0.0.0.1", false },
	};
	struct conf			c = trusting(none);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char		one[PEER_BLOCK_BYTES], other[PEER_BLOCK_BYTES];
		struct web	w = request(&c, rows[i].one, NULL);

		ROW(peer_block(&w, one), rows[i].one);
		w = request(&c, rows[i].other, NULL);
		ROW(peer_block(&w, other), rows[i].other);
		ROW((memcmp(one, other, sizeof(one)) == 0) == rows[i].same,
		    rows[i].other);
	}
}

static void
what_is_no_address_has_no_network(void)
{
	static const char *const	none[] = { NULL };
	static const char *const	rows[] = { "", "unix:", "1.2.3",
		"1.2.3.4:80", "[::1]", "fe80::1%eth0", "1.2.3.4.5",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000" };
	struct conf			c = trusting(none);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char		block[PEER_BLOCK_BYTES];
		struct web	w = request(&c, rows[i], NULL);

		ROW(!peer_block(&w, block), rows[i]);
	}
}

CU_TestInfo peer_tests[] = {
	{ "a forwarded address counts as far as our proxies wrote it",
	    a_forwarded_address_counts_as_far_as_our_proxies_wrote_it },
	{ "nobody is trusted unless he is named",
	    nobody_is_trusted_unless_he_is_named },
	{ "a list is held against who really asks",
	    a_list_is_held_against_who_really_asks },
	{ "of IPv6 a network is one customer",
	    of_IPv6_a_network_is_one_customer },
	{ "what is no address has no network",
	    what_is_no_address_has_no_network },
	CU_TEST_INFO_NULL
};
