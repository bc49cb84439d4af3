/*
 * Tells an event in one line.  Members that a fact does not use are left out,
 * so a row says all that is known and nothing else.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/guard.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

enum { TOLD_BYTES_MAX = 64 * 1024 };

struct str
told_fixture(struct arena *a, const char *path)
{
	struct str	 name = arena_text(a, TESTS_DIR "/fixtures/%s", path);
	char		*bytes = arena_take(a, WEBHOOK_BYTES_MAX, 1);
	FILE		*file = fopen(name.at, "rb");
	size_t		 len;

	must(file != NULL);
	len = fread(bytes, 1, WEBHOOK_BYTES_MAX, file);
	must(len < WEBHOOK_BYTES_MAX && ferror(file) == 0);
	must(fclose(file) == 0);
	return (struct str){ bytes, len };
}

struct str
told_json(struct arena *a, struct str text)
{
	char	*at = arena_take(a, text.len + 1, 1);

	for (size_t i = 0; i < text.len; i++)
		at[i] = text.at[i] == '\'' ? '"' : text.at[i];
	return (struct str){ at, text.len };
}

void
told_read(struct arena *a, struct str text, struct str account,
    struct event *out)
{
	const struct hook	hook = { told_json(a, text), STR_NONE };
	const struct hook_rules	rules = {
		.account = account, .livemode = true,
	};

	provider_stripe.normalise(&hook, &rules, a, out);
}

void
told_read_by(const struct provider *p, struct arena *a, struct str text,
    struct event *out)
{
	const struct hook	hook = { told_json(a, text), STR_NONE };
	const struct hook_rules	rules = { .livemode = true };

	p->normalise(&hook, &rules, a, out);
}

static void
tell_time(struct buf *b, const char *name, int64_t at)
{
	if (at != 0)
		buf_fmt(b, " %s %lld", name, (long long)(at / SECOND));
}

static void
tell_items(struct buf *b, const struct fact *f)
{
	for (size_t i = 0; i < f->item_count; i++)
		buf_fmt(b, " %lldx%.*s", (long long)f->items[i].quantity,
		    STR_FMT(f->items[i].price));
	if (f->kind == FACT_ITEMS && f->recurring)
		buf_fmt(b, " recurring");
}

static void
tell_state(struct buf *b, const struct fact *f)
{
	buf_fmt(b, " %s", sub_state_names[f->state]);
	tell_items(b, f);
	tell_time(b, "trial_end", f->trial_end);
	tell_time(b, "cancel_at", f->cancel_at);
}

static const char *const fact_names[FACT__COUNT] = {
	[FACT_SEEN] = "seen",
	[FACT_PAID] = "paid",
	[FACT_STEP] = "step",
	[FACT_CLOSED] = "closed",
	[FACT_ITEMS] = "items",
	[FACT_STATE] = "state",
	[FACT_PERIOD] = "period",
	[FACT_ENDED] = "ended",
	[FACT_REFUND] = "refund",
	[FACT_REFUNDED] = "refunded",
	[FACT_DISPUTE] = "dispute",
};

static void
tell_part(struct buf *b, const struct fact *f)
{
	if (f->part_id.len > 0)
		buf_fmt(b, " %.*s", STR_FMT(f->part_id));
	if (f->kind == FACT_REFUND)
		buf_fmt(b, " %s", refund_state_names[f->refund_state]);
	if (f->kind == FACT_DISPUTE)
		buf_fmt(b, " %s", dispute_state_names[f->dispute_state]);
}

static void
tell_names(struct buf *b, const struct fact *f)
{
	if (f->user.len == 0 && f->session.len == 0)
		return;
	buf_fmt(b, " for %.*s", STR_FMT(f->user));
	if (f->session.len > 0)
		buf_fmt(b, "/%.*s (%s)", STR_FMT(f->session),
		    naming_names[f->named_by]);
}

static void
tell_fact(struct buf *b, const struct fact *f)
{
	buf_fmt(b, "%s %s %.*s", fact_names[f->kind],
	    object_kind_names[f->object.kind], STR_FMT(f->object.ref));
	tell_part(b, f);
	if (f->amount != 0 || f->kind == FACT_PAID)
		buf_fmt(b, " %lld", (long long)f->amount);
	if (f->currency.len > 0)
		buf_fmt(b, " %.*s", STR_FMT(f->currency));
	if (f->step != PAY_NONE)
		buf_fmt(b, " %s", pay_step_names[f->step]);
	if (f->closing != CLOSED_OPEN)
		buf_fmt(b, " %s", closing_names[f->closing]);
	if (f->state != SUB_NONE)
		tell_state(b, f);
	else
		tell_items(b, f);
	tell_time(b, "until", f->paid_until);
	tell_time(b, "at", f->ended_at);
	tell_names(b, f);
	for (size_t i = 0; i < f->link_count; i++)
		buf_fmt(b, " -> %s %.*s",
		    object_kind_names[f->links[i].kind],
		    STR_FMT(f->links[i].ref));
}

struct str
told_event(struct arena *a, const struct event *ev)
{
	static const char *const classes[] = {
		[EVENT_FACTS] = "facts:",
		[EVENT_IGNORED] = "ignored",
		[EVENT_FOREIGN] = "foreign:",
		[EVENT_UNREADABLE] = "unreadable:",
	};
	struct buf	b;

	buf_init(&b, a, TOLD_BYTES_MAX);
	buf_fmt(&b, "%s", classes[ev->class]);
	if (ev->why.len > 0)
		buf_fmt(&b, " %.*s", STR_FMT(ev->why));
	for (size_t i = 0; i < ev->fact_count; i++) {
		buf_fmt(&b, i == 0 ? " " : "; ");
		tell_fact(&b, &ev->facts[i]);
	}
	return buf_str(&b);
}

void
told_same(const char *what, struct str got, struct str want)
{
	char	claim[1024];

	snprintf(claim, sizeof(claim), "got '%.*s', want '%.*s'",
	    STR_FMT(got), STR_FMT(want));
	unit_row(str_eq(got, want), claim, what, __FILE__, __LINE__);
}
