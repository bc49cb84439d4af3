/*
 * rung user grant, revoke and overrides: what an operator gives or withholds
 * by hand.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/gift.h"
#include "wire/wish.h"

/* "capability:export:csv", "tier:pro", "addon:x", "limit:NAME=VALUE". */
static bool
what_read(struct str what, struct override *o)
{
	struct str tail = what;
	struct str kind = str_cut(&tail, ':');

	o->name = tail;
	if (str_eq(kind, STR("capability")))
		o->kind = OVERRIDE_GRANT_CAPABILITY;
	else if (str_eq(kind, STR("without")))
		o->kind = OVERRIDE_REVOKE_CAPABILITY;
	else if (str_eq(kind, STR("tier")))
		o->kind = OVERRIDE_GRANT_TIER;
	else if (str_eq(kind, STR("addon")))
		o->kind = OVERRIDE_GRANT_ADDON;
	else if (str_eq(kind, STR("limit"))) {
		o->kind = OVERRIDE_SET_LIMIT;
		o->name = str_cut(&tail, '=');
		o->quota.unlimited = str_eq(tail, STR("unlimited"));
		return o->quota.unlimited || (str_int64(tail,
		    &o->quota.max) && o->quota.max >= 0);
	} else
		return false;
	return o->name.len > 0;
}

/* --until: RFC 3339, or a duration from now. */
static bool
until_read(const struct ctl *c, int64_t *until)
{
	const char *text = ctl_option(c, "until");
	int64_t seconds;

	*until = 0;
	if (text == NULL || text_untime(str_of(text), until))
		return true;
	if (!text_duration(str_of(text), &seconds))
		return false;
	*until = c->flow.now + seconds * SECOND;
	return true;
}

static struct str
option_or(const struct ctl *c, const char *name, struct str otherwise)
{
	const char *text = ctl_option(c, name);

	return text == NULL ? otherwise : str_of(text);
}

enum finish
user_grant(struct ctl *c)
{
	struct override_row row = { .ended_at = 0 };
	struct str json;
	struct err e;

	if (!user_id_valid(c->operand[0]) ||
	    !what_read(c->operand[1], &row.override)) {
		fprintf(stderr, "rung: say USER and one of capability:NAME, "
		    "without:NAME, tier:NAME, addon:NAME, limit:NAME=N\n");
		return USAGE;
	}
	if (ctl_option(c, "reason") == NULL) {
		fprintf(stderr, "rung: say why with --reason TEXT\n");
		return USAGE;
	}
	if (!ctl_open(c, WRITE_DEADLINE_S))
		return FAILED;
	if (!until_read(c, &row.override.until)) {
		fprintf(stderr, "rung: --until is a time "
		    "(2027-01-31T12:00:00Z) or a duration (30d)\n");
		return USAGE;
	}
	row.reason = option_or(c, "reason", STR_NONE);
	row.operator = option_or(c, "operator", ctl_operator(c->arena));
	c->flow.actor = row.operator;
	if (flow_gift_add(&c->flow, c->operand[0], &row, &e) != RC_OK)
		return ctl_failed(&e);
	if (!c->json) {
		ctl_line(row.override.id);
		return DONE;
	}
	if (flow_gift_json(&c->flow, &row, &json, &e) != RC_OK)
		return ctl_failed(&e);
	ctl_line(json);
	return DONE;
}

enum finish
user_revoke(struct ctl *c)
{
	struct err e;

	if (!user_id_valid(c->operand[0])) {
		fprintf(stderr, "rung: this cannot be a user id\n");
		return USAGE;
	}
	if (!ctl_open(c, WRITE_DEADLINE_S))
		return FAILED;
	c->flow.actor = ctl_operator(c->arena);
	if (flow_gift_end(&c->flow, c->operand[0], c->operand[1], &e) !=
	    RC_OK)
		return ctl_failed(&e);
	return DONE;
}

static void
put_override(struct arena *a, const struct override_row *row, int64_t now)
{
	const struct override *o = &row->override;
	const char *state = row->ended_at != 0 ? "taken back" :
	    override_active(o, now) ? "in force" : "over";

	CTL_ROW({ o->id, 35 }, { str_of(state), 10 },
	    { str_of(override_kind_names[o->kind]), 17 }, { o->name, 24 },
	    { o->until == 0 ? STR("for good") : text_time(a, o->until), 24 },
	    { row->operator, 10 }, { row->reason, 0 });
}

enum finish
user_overrides(struct ctl *c)
{
	struct override_row *list = NULL;
	struct str json;
	struct err e;
	size_t count = 0;

	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (c->json) {
		if (flow_gifts(&c->flow, c->operand[0], &json, &e) != RC_OK)
			return ctl_failed(&e);
		ctl_line(json);
		return DONE;
	}
	if (overrides_of(c->flow.db, c->flow.seller, c->operand[0], c->arena,
	    &list, &count, &e) != RC_OK)
		return ctl_failed(&e);
	for (size_t i = 0; i < count; i++)
		put_override(c->arena, &list[i], c->flow.now);
	return count == 0 ? NOTHING : DONE;
}
