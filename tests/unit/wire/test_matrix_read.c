/*
 * The matrix: the example of the manual read whole, and each mistake with its
 * place, its path and its words.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "unit/unit.h"
#include "wire/matrix_read.h"

static const char example[] =
    "matrix: 1\n"
    "default_tier: free\n"
    "capabilities:                       # optional one-line descriptions\n"
    "  export:csv: Export reports as CSV\n"
    "tiers:\n"
    "  free:\n"
    "    rank: 0\n"
    "    title: Free\n"
    "    capabilities: [read:public, write:limited]\n"
    "    limits: {\"api:requests_per_day\": {max: 100, per: day}}\n"
    "    assets:\n"
    "      storage: {type: STORAGE_QUOTA, limit: 100}\n"
    "  pro:\n"
    "    rank: 10\n"
    "    title: Pro\n"
    "    summary: For people who export\n"
    "    capabilities: [read:public, write:unlimited, export:csv,\n"
    "      api:unlimited]\n"
    "    limits: {\"api:requests_per_day\": {max: 50000, per: day}}\n"
    "    assets:\n"
    "      storage: {type: STORAGE_QUOTA, limit: 10000}\n"
    "      api_key: {type: API_KEY, prefix: pk_pro_, overlap: 7d}\n"
    "    grace: 7d\n"
    "    prices:\n"
    "      stripe: [price_pro_monthly, {id: price_pro_yearly,\n"
    "        name: yearly, amount: 29000, currency: eur, interval: year}]\n"
    "      paddle: [pri_pro]\n"
    "      lemonsqueezy: [\"450102\"]\n"
    "  enterprise:\n"
    "    rank: 20\n"
    "    capabilities: [read:public, write:unlimited, export:all,\n"
    "      api:unlimited, sso:saml]\n"
    "    limits: {\"api:requests_per_day\": unlimited}\n"
    "    assets:\n"
    "      storage: {type: STORAGE_QUOTA, limit: unlimited}\n"
    "      api_key: {type: API_KEY, prefix: pk_ent_}\n"
    "      seats: {type: SEAT, count: 50, per_seat: yes}\n"
    "    prices: {stripe: [price_ent]}\n"
    "addons:\n"
    "  export-pack: {title: Export pack, capabilities: [export:csv],\n"
    "    prices: {stripe: [price_pack]}}\n"
    "policy:\n"
    "  refund_full: end_of_period\n"
    "  refund_partial: keep\n"
    "  dispute_open: suspend\n"
    "  dispute_lost: keep\n"
    "  over_limit: freeze\n"
    "  repeat_trial: allow\n";

static enum rc
read_it(struct str yaml, struct matrix *m, struct findings *found)
{
	struct err e;

	return matrix_read(yaml, unit_arena(), m, found, &e);
}

static void
the_tiers_are_in_order_of_rank(void)
{
	struct findings found;
	struct matrix m;

	CU_ASSERT_EQUAL_FATAL(read_it(STR(example), &m, &found), RC_OK);
	CU_ASSERT_EQUAL(found.count, 0);
	CU_ASSERT_EQUAL(m.version, 0);
	CU_ASSERT_EQUAL_FATAL(m.tier_count, 3);
	SAME(m.tiers[0].id, "free");
	SAME(m.tiers[1].id, "pro");
	SAME(m.tiers[2].id, "enterprise");
	CU_ASSERT_PTR_EQUAL(m.default_tier, &m.tiers[0]);
	CU_ASSERT_EQUAL(m.tiers[1].rank, 10);
	SAME(m.tiers[1].title, "Pro");
	SAME(m.tiers[1].summary, "For people who export");
	SAME(m.tiers[2].title, "enterprise");
	CU_ASSERT_EQUAL(m.tiers[1].grace, 7 * DAY);
	CU_ASSERT_EQUAL(m.tiers[2].grace, 0);
	CU_ASSERT_EQUAL_FATAL(m.addon_count, 1);
	SAME(m.addons[0].id, "export-pack");
	CU_ASSERT_TRUE(m.addons[0].addon);
	CU_ASSERT_EQUAL(m.policy.refund_full, POLICY_END_OF_PERIOD);
	CU_ASSERT_EQUAL(m.policy.refund_partial, POLICY_KEEP);
	CU_ASSERT_EQUAL(m.policy.dispute_open, POLICY_SUSPEND);
	CU_ASSERT_EQUAL(m.policy.dispute_lost, POLICY_KEEP);
	CU_ASSERT_EQUAL(m.policy.over_limit, POLICY_FREEZE);
	CU_ASSERT_EQUAL(m.policy.repeat_trial, POLICY_ALLOW);
}

static void
a_tier_carries_what_the_file_says(void)
{
	struct findings found;
	const struct tier *pro, *ent;
	struct matrix m;

	CU_ASSERT_EQUAL_FATAL(read_it(STR(example), &m, &found), RC_OK);
	pro = &m.tiers[1];
	ent = &m.tiers[2];
	CU_ASSERT_EQUAL_FATAL(pro->capability_count, 4);
	SAME(pro->capabilities[0], "api:unlimited");
	SAME(pro->capabilities[3], "write:unlimited");
	CU_ASSERT_EQUAL_FATAL(pro->limit_count, 1);
	SAME(pro->limits[0].name, "api:requests_per_day");
	CU_ASSERT_EQUAL(pro->limits[0].quota.max, 50000);
	CU_ASSERT_EQUAL(pro->limits[0].per, PER_DAY);
	CU_ASSERT_TRUE(ent->limits[0].quota.unlimited);
	CU_ASSERT_EQUAL(ent->limits[0].per, PER_TOTAL);
	CU_ASSERT_EQUAL_FATAL(pro->asset_count, 2);
	SAME(pro->assets[0].slot, "api_key");
	CU_ASSERT_EQUAL(pro->assets[0].type, ASSET_API_KEY);
	SAME(pro->assets[0].prefix, "pk_pro_");
	CU_ASSERT_EQUAL(pro->assets[0].overlap, 7 * DAY);
	CU_ASSERT_EQUAL(pro->assets[1].quota.max, 10000);
	SAME(ent->assets[1].slot, "seats");
	CU_ASSERT_EQUAL(ent->assets[1].count, 50);
	CU_ASSERT_TRUE(ent->assets[1].per_seat);
	CU_ASSERT_TRUE(ent->assets[2].quota.unlimited);
}

static void
prices_are_in_the_order_of_the_file(void)
{
	struct findings found;
	const struct tier *pro;
	struct matrix m;

	CU_ASSERT_EQUAL_FATAL(read_it(STR(example), &m, &found), RC_OK);
	pro = &m.tiers[1];
	CU_ASSERT_EQUAL_FATAL(pro->price_count, 4);
	SAME(pro->prices[0].provider, "stripe");
	SAME(pro->prices[0].id, "price_pro_monthly");
	CU_ASSERT_EQUAL(pro->prices[0].name.len, 0);
	CU_ASSERT_EQUAL(pro->prices[0].amount, -1);
	SAME(pro->prices[1].id, "price_pro_yearly");
	SAME(pro->prices[1].name, "yearly");
	CU_ASSERT_EQUAL(pro->prices[1].amount, 29000);
	SAME(pro->prices[1].currency, "eur");
	SAME(pro->prices[1].interval, "year");
	SAME(pro->prices[3].provider, "lemonsqueezy");
	SAME(pro->prices[3].id, "450102");
}

static void
every_capability_is_known_once(void)
{
	static const char *const names[] = { "api:unlimited", "export:all",
	    "export:csv", "read:public", "sso:saml", "write:limited",
	    "write:unlimited" };
	struct findings found;
	struct matrix m;
	size_t i;

	CU_ASSERT_EQUAL_FATAL(read_it(STR(example), &m, &found), RC_OK);
	CU_ASSERT_EQUAL_FATAL(m.capability_count, COUNT(names));
	for (i = 0; i < COUNT(names); i++)
		SAME(m.capabilities[i].name, names[i]);
	SAME(m.capabilities[2].about, "Export reports as CSV");
	CU_ASSERT_EQUAL(m.capabilities[3].about.len, 0);
}

static void
a_capability_is_described_and_switched_off(void)
{
	static const char yaml[] = "matrix: 1\n"
	    "default_tier: free\n"
	    "capabilities:\n"
	    "  a: {description: The first, disabled: yes}\n"
	    "  b:\n"
	    "    description: The second\n"
	    "  c: {disabled: true}\n"
	    "  d: {disabled: no}\n"
	    "tiers:\n"
	    "  free: {rank: 0, capabilities: [d, c, b]}\n";
	static const struct {
		const char	*name, *about;
		bool		 disabled;
	} rows[] = {
		{ "a", "The first", true }, { "b", "The second", false },
		{ "c", "", true }, { "d", "", false },
	};
	struct findings found;
	struct matrix m;

	CU_ASSERT_EQUAL_FATAL(read_it(STR(yaml), &m, &found), RC_OK);
	CU_ASSERT_EQUAL_FATAL(m.capability_count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		SAME(m.capabilities[i].name, rows[i].name);
		SAME(m.capabilities[i].about, rows[i].about);
		ROW(m.capabilities[i].disabled == rows[i].disabled,
		    rows[i].name);
	}
}

/* A matrix that is fine but for what stands in its one tier. */
#define FREE	"matrix: 1\ndefault_tier: free\ntiers:\n  free:\n    rank: 0\n"
#define WITH(line) FREE "    " line "\n"

struct mistake_row {
	const char	*yaml;
	const char	*lines;		/* all findings, each with a newline */
};

static const struct mistake_row mistake_rows[] = {
	/* The file as a whole. */
	{ "", "m:1:1: the file is empty\n" },
	{ "# only a comment\n", "m:2:1: the file is empty\n" },
	{ "pro", "m:1:1: this is a text: it must be a map: {name: value}\n" },
	{ "- a", "m:1:1: this is a list: it must be a map: {name: value}\n" },
	{ "{}", "m:1:1: default_tier is missing\n"
	    "m:1:1: matrix is missing: begin the file with matrix: 1\n"
	    "m:1:1: tiers is missing\n" },
	{ "matrix: 2\n" "default_tier: a\ntiers: {a: {rank: 1}}",
	    "m:1:9: matrix: format 2 is not known: this program reads "
	    "matrix: 1\n" },
	{ "matrix: \"1\"\n" "default_tier: a\ntiers: {a: {rank: 1}}",
	    "m:1:9: matrix: \"1\" is a text: a number has no quotes\n" },
	{ "matrix: 1\ndefault_tier: a\ntiers: {}",
	    "m:3:1: tiers: there is no tier\n" },
	{ "matrix: 1\ndefault_tier: a\ntiers:\n",
	    "m:3:7: tiers: this is empty: it must be a map: {name: "
	    "value}\n" },
	{ "matrix: 1\ndefault_tier: fre\nteirs: 1\ntiers: {free: {rank: 1}}",
	    "m:2:15: default_tier: \"fre\" is not known; did you mean "
	    "\"free\"?\n"
	    "m:3:1: teirs: this name is not known here; did you mean "
	    "\"tiers\"?\n" },
	{ "matrix: 1\ndefault_tier: gold\ntiers: {a: {rank: 1}, "
	    "b: {rank: 2}}",
	    "m:2:15: default_tier: \"gold\" is not known: it must be a or "
	    "b\n" },

	/* YAML that we do not take. */
	{ WITH("title: [a"), "m:7:1: not YAML: did not find expected ',' or "
	    "']' (while parsing a flow sequence from line 6)\n" },
	{ "a: b: c", "m:1:5: not YAML: mapping values are not allowed in "
	    "this context\n" },
	{ "a: \"caf\xe9\"", "m:1:8: not YAML: incomplete UTF-8 octet "
	    "sequence\n" },
	{ "a: x\x01", "m:1:5: not YAML: control characters are not "
	    "allowed\n" },
	{ FREE "---\na: b\n", "m:6:1: a second document begins here: only "
	    "one is taken\n" },
	{ WITH("title: &t Free"), "m:6:12: tiers.free.title: anchors (&) are "
	    "not taken here: write the value out\n" },
	{ WITH("title: *t"), "m:6:12: tiers.free.title: aliases (*) are not "
	    "taken here: write the value out\n" },
	{ WITH("<<: *t"), "m:6:5: tiers.free.<<: this name is not known "
	    "here\nm:6:9: tiers.free.<<: aliases (*) are not taken here: "
	    "write the value out\n" },
	{ WITH("title: !!str Free"), "m:6:12: tiers.free.title: tags (!) are "
	    "not taken here\n" },
	{ WITH("title: ! Free"), "m:6:12: tiers.free.title: tags (!) are not "
	    "taken here\n" },
	{ WITH("rank: 1"), "m:6:5: tiers.free.rank: this name stands here "
	    "twice, first on line 5\n" },
	{ WITH("\"rank\": 1\n    rank: 2"),
	    "m:6:5: tiers.free.rank: this name stands here twice, first on "
	    "line 5\n"
	    "m:7:5: tiers.free.rank: this name stands here twice, first on "
	    "line 5\n" },
	{ WITH("? [a]\n    : b"), "m:6:7: tiers.free: a name must be a "
	    "text\n" },

	/* Names and texts. */
	{ WITH("titel: Free"), "m:6:5: tiers.free.titel: this name is not "
	    "known here; did you mean \"title\"?\n" },
	{ WITH("title:"), "m:6:11: tiers.free.title: this is empty: it must "
	    "be a text\n" },
	{ WITH("title: \"\""), "m:6:12: tiers.free.title: a text must have 1 "
	    "to 80 bytes here\n" },
	{ WITH("title: \"a\\nb\""), "m:6:12: tiers.free.title: a text must "
	    "be one line without control characters\n" },
	{ "matrix: 1\ndefault_tier: Free\ntiers: {Free: {rank: 1}}",
	    "m:3:9: tiers.Free: a tier is named with small letters, digits, "
	    "_ and -, at most 40\n" },
	{ FREE "addons: {A_: {}}", "m:6:10: addons.A_: an add-on is named "
	    "with small letters, digits, _ and -, at most 40\n" },
	{ FREE "addons: {free: {}}", "m:6:10: addons.free: a tier and an "
	    "add-on cannot share this name\n" },
	{ FREE "addons: {a: {rank: 1}}", "m:6:14: addons.a.rank: this name "
	    "is not known here\n" },
	{ FREE "  pro:\n    title: Pro", "m:6:3: tiers.pro: rank is "
	    "missing\n" },
	{ FREE "  pro: {rank: 0}", "m:6:15: tiers.pro.rank: rank 0 is taken "
	    "already, by free on line 5\n" },
	{ FREE "  pro: {rank: 1.5}", "m:6:15: tiers.pro.rank: \"1.5\" is no "
	    "whole number\n" },
	{ FREE "  pro: {rank: 0x1}", "m:6:15: tiers.pro.rank: \"0x1\" is no "
	    "whole number\n" },
	{ FREE "  pro: {rank: 010}", "m:6:15: tiers.pro.rank: \"010\" is no "
	    "whole number\n" },
	{ FREE "  pro: {rank: -1}", "m:6:15: tiers.pro.rank: this must be "
	    "from 0 to 1000000\n" },
	{ WITH("grace: 7x"), "m:6:12: tiers.free.grace: a duration is "
	    "written 7d, 12h, 30m or 90s\n" },

	/* Capabilities. */
	{ WITH("capabilities: read:public"), "m:6:19: "
	    "tiers.free.capabilities: this is a text: it must be a list: "
	    "[one, two]\n" },
	{ WITH("capabilities: [Read]"), "m:6:20: tiers.free.capabilities[0]: "
	    "a capability is written like export:csv: small letters, digits, "
	    "_ . - and one colon, at most 80 bytes\n" },
	{ WITH("capabilities: [ok, a:b:c]"), "m:6:24: "
	    "tiers.free.capabilities[1]: a capability is written like "
	    "export:csv: small letters, digits, _ . - and one colon, at most "
	    "80 bytes\n" },
	{ WITH("capabilities: [read: public]"), "m:6:20: "
	    "tiers.free.capabilities[0]: a capability has no blank behind "
	    "its colon: did you mean \"read:public\"?\n" },
	{ WITH("capabilities: [a, b, a]"), "m:6:26: "
	    "tiers.free.capabilities[2]: \"a\" stands in this list twice\n" },
	{ FREE "capabilities: {Bad: x, good: [x]}",
	    "m:6:16: capabilities.Bad: a capability is written like "
	    "export:csv: small letters, digits, _ . - and one colon\n"
	    "m:6:30: capabilities.good: this is a list: it must be a text\n" },
	{ FREE "capabilities: {a: {description: x, disable: yes}}",
	    "m:6:36: capabilities.a.disable: this name is not known here; did "
	    "you mean \"disabled\"?\n" },
	{ FREE "capabilities: {a: {disabled: maybe}}",
	    "m:6:30: capabilities.a.disabled: this must be yes or no (true "
	    "or false)\n" },
	{ FREE "capabilities: {a: {disabled: \"yes\"}}",
	    "m:6:30: capabilities.a.disabled: this must be yes or no (true "
	    "or false)\n" },
	{ FREE "capabilities: {a: {description: [x], disabled: {}}}",
	    "m:6:33: capabilities.a.description: this is a list: it must be "
	    "a text\n"
	    "m:6:48: capabilities.a.disabled: this is a map: it must be yes "
	    "or no\n" },

	/* Limits. */
	{ WITH("limits: {a: -2}"), "m:6:17: tiers.free.limits.a: a limit is "
	    "a number from 0 to 9007199254740991, or unlimited (also written "
	    "-1)\n" },
	{ WITH("limits: {a: \"5\"}"), "m:6:17: tiers.free.limits.a: a limit "
	    "is a number from 0 to 9007199254740991, or unlimited (also "
	    "written -1)\n" },
	{ WITH("limits: {a: 99999999999999999999}"), "m:6:17: "
	    "tiers.free.limits.a: a limit is a number from 0 to "
	    "9007199254740991, or unlimited (also written -1)\n" },
	{ WITH("limits: {a: {per: day}}"), "m:6:14: tiers.free.limits.a: max "
	    "is missing\n" },
	{ WITH("limits: {a: {max: 1, per: dya}}"), "m:6:31: "
	    "tiers.free.limits.a.per: \"dya\" is not known; did you mean "
	    "\"day\"?\n" },
	{ WITH("limits: {a: {max: 1, per: fortnight}}"), "m:6:31: "
	    "tiers.free.limits.a.per: \"fortnight\" is not known: it must be "
	    "total, minute, hour, day or month\n" },
	{ WITH("limits: {a: {max: 1, soft: maybe}}"), "m:6:32: "
	    "tiers.free.limits.a.soft: this must be yes or no (true or "
	    "false)\n" },
	{ WITH("limits: {a: {max: 1, warn: 80}}"), "m:6:32: "
	    "tiers.free.limits.a.warn: a share is written 1% to 100%\n" },
	{ WITH("limits: {a: {max: 1, warn: 0%}, b: {max: 1, warn: 101%}, "
	    "c: {max: 1, warn: 080%}, d: {max: 1, warn: \"80%\"}}"),
	    "m:6:32: tiers.free.limits.a.warn: a share is written 1% to "
	    "100%\n"
	    "m:6:55: tiers.free.limits.b.warn: a share is written 1% to "
	    "100%\n"
	    "m:6:80: tiers.free.limits.c.warn: a share is written 1% to "
	    "100%\n"
	    "m:6:105: tiers.free.limits.d.warn: a share is written 1% to "
	    "100%\n" },
	{ WITH("limits: {a: {max: -1, soft: yes}}"), "m:6:27: "
	    "tiers.free.limits.a.soft: this says nothing of a limit that is "
	    "unlimited\n" },
	{ WITH("limits: {a: {max: unlimited, warn: 80%}}"), "m:6:34: "
	    "tiers.free.limits.a.warn: this says nothing of a limit that is "
	    "unlimited\n" },
	{ WITH("limits: {A: 1}"), "m:6:14: tiers.free.limits.A: a limit is "
	    "named like a capability: api:requests_per_day\n" },

	/* Assets. */
	{ WITH("assets: {s: {limit: 1}}"), "m:6:14: tiers.free.assets.s: "
	    "type is missing\n" },
	{ WITH("assets: {s: {type: STORAGE_QOTA}}"), "m:6:24: "
	    "tiers.free.assets.s.type: \"STORAGE_QOTA\" is not known; did "
	    "you mean \"STORAGE_QUOTA\"?\n" },
	{ WITH("assets: {s: {type: STORAGE_QUOTA}}"), "m:6:14: "
	    "tiers.free.assets.s: limit is missing\n" },
	{ WITH("assets: {s: {type: SEAT, limit: 5}}"),
	    "m:6:14: tiers.free.assets.s: count is missing\n"
	    "m:6:30: tiers.free.assets.s.limit: this is for STORAGE_QUOTA, "
	    "not for SEAT\n" },
	{ WITH("assets: {s: {type: SEAT, count: 0, per_seat: maybe}}"),
	    "m:6:37: tiers.free.assets.s.count: this must be from 1 to "
	    "1000000\n"
	    "m:6:50: tiers.free.assets.s.per_seat: this must be yes or no "
	    "(true or false)\n" },
	{ WITH("assets: {s: {type: SEAT, count: 1, per_seat: \"yes\"}}"),
	    "m:6:50: tiers.free.assets.s.per_seat: this must be yes or no "
	    "(true or false)\n" },
	{ WITH("assets: {k: {type: API_KEY, prefix: \"a b\", overlap: x}}"),
	    "m:6:41: tiers.free.assets.k.prefix: a prefix has letters, "
	    "digits, _ and - only\n"
	    "m:6:57: tiers.free.assets.k.overlap: a duration is written 7d, "
	    "12h, 30m or 90s\n" },
	{ WITH("assets: {k: {type: API_KEY, prefix: rung_sk_}}"),
	    "m:6:41: tiers.free.assets.k.prefix: prefixes that begin with "
	    "rung_ are Rung's own\n" },
	{ WITH("assets: {k: {type: API_KEY}}\n  pro:\n    rank: 1\n    "
	    "assets: {k: {type: LICENSE}}"), "m:9:24: "
	    "tiers.pro.assets.k.type: slot k is API_KEY on line 6: one slot "
	    "has one type everywhere\n" },

	/* Prices. */
	{ WITH("prices: {strpe: [a]}"), "m:6:14: tiers.free.prices.strpe: "
	    "this name is not known here; did you mean \"stripe\"?\n" },
	{ WITH("prices: {stripe: a}"), "m:6:22: tiers.free.prices.stripe: "
	    "this is a text: it must be a list: [one, two]\n" },
	{ WITH("prices: {stripe: [{name: a}]}"), "m:6:23: "
	    "tiers.free.prices.stripe[0]: id is missing\n" },
	{ WITH("prices: {stripe: [{id: a, amount: 5}]}"), "m:6:39: "
	    "tiers.free.prices.stripe[0].amount: an amount says nothing "
	    "without a currency\n" },
	{ WITH("prices: {stripe: [{id: a, amount: 5.5, currency: EUR, "
	    "interval: yaer}]}"),
	    "m:6:39: tiers.free.prices.stripe[0].amount: \"5.5\" is no whole "
	    "number\n"
	    "m:6:54: tiers.free.prices.stripe[0].currency: a currency is "
	    "three small letters, like eur\n"
	    "m:6:69: tiers.free.prices.stripe[0].interval: \"yaer\" is not "
	    "known; did you mean \"year\"?\n" },
	{ WITH("prices: {stripe: [a b]}"), "m:6:23: "
	    "tiers.free.prices.stripe[0]: a price id is plain ASCII without "
	    "blanks\n" },
	{ WITH("prices: {stripe: [a, {id: b}, {id: a}], paddle: [a]}"),
	    "m:6:35: tiers.free.prices.stripe[2]: this price is claimed "
	    "already, by tiers.free.prices.stripe[0] on line 6\n" },
	{ WITH("prices: {stripe: [a]}\naddons:\n  x: {prices: {stripe: "
	    "[a]}}"), "m:8:25: addons.x.prices.stripe[0]: this price is "
	    "claimed already, by tiers.free.prices.stripe[0] on line 6\n" },
	{ WITH("prices: {stripe: [{id: a, name: n}, {id: b, name: n}]}"),
	    "m:6:41: tiers.free.prices.stripe[1]: another price is named "
	    "\"n\" on line 6\n" },

	/* Policy. */
	{ FREE "policy: {refund_full: revok}", "m:6:23: policy.refund_full: "
	    "\"revok\" is not known; did you mean \"revoke\"?\n" },
	{ FREE "policy: {dispute_open: revoke}", "m:6:24: "
	    "policy.dispute_open: \"revoke\" is not known: it must be suspend "
	    "or keep\n" },
	{ FREE "policy: {over_limit: no, refund: keep}",
	    "m:6:22: policy.over_limit: \"no\" is not known: it must be keep "
	    "or freeze\n"
	    "m:6:26: policy.refund: this name is not known here\n" },
	{ FREE "policy: {repeat_trial: alow}", "m:6:24: "
	    "policy.repeat_trial: \"alow\" is not known; did you mean "
	    "\"allow\"?\n" },
	{ FREE "policy: {repeat_trial: keep}", "m:6:24: "
	    "policy.repeat_trial: \"keep\" is not known: it must be refuse "
	    "or allow\n" },
	{ FREE "policy: {repeat_trail: allow}", "m:6:10: "
	    "policy.repeat_trail: this name is not known here; did you mean "
	    "\"repeat_trial\"?\n" },
};

static struct str
lines_of(const struct findings *found)
{
	struct str all = STR("");
	size_t i;

	for (i = 0; i < found->count; i++)
		all = arena_text(unit_arena(), "%.*s%.*s\n", STR_FMT(all),
		    STR_FMT(finding_line(unit_arena(), "m",
		    &found->list[i])));
	return all;
}

static void
each_mistake_is_told_with_its_place(void)
{
	size_t i;

	for (i = 0; i < COUNT(mistake_rows); i++) {
		const struct mistake_row *row = &mistake_rows[i];
		struct matrix m = { .version = 77 };
		struct findings found;

		ROW(read_it(str_of(row->yaml), &m, &found) ==
		    RC_INVALID_VALUE, row->yaml);
		SAME(lines_of(&found), row->lines);
		ROW(m.version == 77, row->yaml);
		arena_reset(unit_arena());
	}
}

static const char *const good_rows[] = {
	FREE,
	"--- # with a start\n" FREE "...\n",
	"\xef\xbb\xbf" FREE,
	WITH("limits: {a: -1, b: unlimited, c: 0, d: {max: -1, per: hour}}"),
	WITH("limits: {a: {max: 1, per: day, soft: no, warn: 100%}}"),
	WITH("title: yes"),
	WITH("title: \"Caf\xc3\xa9 \xe2\x80\x93 plus\""),
	WITH("summary: >\n      two lines\n      in one"),
	WITH("capabilities: []"),
	WITH("prices: {lemonsqueezy: [450102]}"),
	WITH("assets: {s: {type: SEAT, count: 1, per_seat: no}}"),
	WITH("assets: {k: {type: LICENSE}}"),
	FREE "policy: {}",
	FREE "addons: {}",
	FREE "capabilities: {unused: Only for overrides}",
};

static void
other_ways_to_write_it_are_taken(void)
{
	size_t i;

	for (i = 0; i < COUNT(good_rows); i++) {
		struct findings found;
		struct matrix m;

		ROW(read_it(str_of(good_rows[i]), &m, &found) == RC_OK,
		    good_rows[i]);
		SAME(lines_of(&found), "");
	}
}

/* unit again and again, to about size bytes. */
static struct str
piled(const char *head, const char *unit, size_t size)
{
	size_t at = strlen(head), len = strlen(unit);
	char *text = arena_take(unit_arena(), size + at + len, 1);

	memcpy(text, head, at);
	for (; at + len <= size; at += len)
		memcpy(text + at, unit, len);
	return (struct str){ text, at };
}

struct pile_row {
	const char	*head, *unit;
	const char	*message;	/* how the first finding begins */
};

/* What makes libyaml slow when nobody counts. */
static const struct pile_row pile_rows[] = {
	{ "", "[", "this is nested too deeply" },
	{ "", "{", "this is nested too deeply" },
	{ "", "- ", "this is nested too deeply" },
	{ "", "? ", "this is nested too deeply" },
	{ "", "{a: ", "this is nested too deeply" },
	{ "", "a:\n", "the file has too many values" },
	{ "[", "a,", "the file has too many values" },
	{ "", "- a\n", "the file has too many values" },
	{ "[", "*a ,", "aliases (*) are not taken here" },
	{ "", "\n", "the file is empty" },
	{ "a: \"", "x", "not YAML" },
	{ "a: '", "\n", "not YAML" },
	{ "", "#", "the file is empty" },
	{ "", "a ", "this is a text" },
	{ "!", "x", "tags (!) are not taken here" },
	{ "&", "x", "anchors (&) are not taken here" },
	{ "%", "x", "not YAML" },
};

static void
piles_are_refused_in_no_time(void)
{
	size_t i;

	for (i = 0; i < COUNT(pile_rows); i++) {
		const struct pile_row *row = &pile_rows[i];
		struct str yaml = piled(row->head, row->unit,
		    MATRIX_BYTES_MAX);
		int64_t start = clock_steady();
		struct findings found = { 0 };
		struct matrix m;

		ROW(read_it(yaml, &m, &found) == RC_INVALID_VALUE, row->unit);
		ROW(found.count > 0 && str_starts(found.list[0].message,
		    str_of(row->message)), row->unit);
		ROW(clock_steady() - start < 2 * SECOND, row->unit);
		arena_reset(unit_arena());
	}
	CU_ASSERT_EQUAL(read_it(piled("", "#", MATRIX_BYTES_MAX + 1),
	    &(struct matrix){ 0 }, &(struct findings){ 0 }),
	    RC_INVALID_VALUE);
}

static void
more_than_fits_is_refused(void)
{
	char yaml[4096] = "matrix: 1\ndefault_tier: t0\ntiers:\n";
	struct findings found;
	struct matrix m;
	size_t at = strlen(yaml), i;

	for (i = 0; i <= TIERS_MAX; i++) {
		if (i == TIERS_MAX)
			CU_ASSERT_EQUAL(read_it((struct str){ yaml, at }, &m,
			    &found), RC_OK);
		at += (size_t)snprintf(yaml + at, sizeof(yaml) - at,
		    "  t%zu: {rank: %zu}\n", i, i);
	}
	CU_ASSERT_EQUAL(read_it((struct str){ yaml, at }, &m, &found),
	    RC_INVALID_VALUE);
	SAME(lines_of(&found),
	    "m:3:1: tiers: these are 33: at most 32 are taken\n");
}

CU_TestInfo matrix_read_tests[] = {
	{ "the tiers are in order of rank", the_tiers_are_in_order_of_rank },
	{ "a tier carries what the file says",
	    a_tier_carries_what_the_file_says },
	{ "prices are in the order of the file",
	    prices_are_in_the_order_of_the_file },
	{ "every capability is known once", every_capability_is_known_once },
	{ "a capability is described and switched off",
	    a_capability_is_described_and_switched_off },
	{ "each mistake is told with its place",
	    each_mistake_is_told_with_its_place },
	{ "other ways to write it are taken",
	    other_ways_to_write_it_are_taken },
	{ "piles are refused in no time", piles_are_refused_in_no_time },
	{ "more than fits is refused", more_than_fits_is_refused },
	CU_TEST_INFO_NULL
};
