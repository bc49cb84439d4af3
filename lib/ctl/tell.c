/*
 * Signing and sending a delivery to ourselves, and reading what became of it.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/clock.h"
#include "ctl/tell.h"
#include "flow/hooks.h"
#include "flow/post.h"

enum rc
tell_price(struct flow *f, const struct provider *p, struct str tier,
    struct str *price, struct err *e)
{
	const struct catalog	*catalog = NULL;
	const struct tier	*t;
	const struct price	*first = NULL;

	TRY(flow_catalog(f, &catalog, e));
	t = matrix_tier(catalog_newest(catalog), tier);
	if (t == NULL)
		t = matrix_addon(catalog_newest(catalog), tier);
	if (t != NULL)
		first = tier_price(t, str_of(p->name), STR_NONE);
	if (first == NULL)
		return err_set(e, RC_UNKNOWN_TIER, "`rung matrix show` prints "
		    "what is sold.", "%.*s is no tier with a price at %s",
		    STR_FMT(tier), p->title);
	*price = first->id;
	return RC_OK;
}

/* The delivery's row, by the id that the provider's own reader gives it. */
static enum rc
look_up(struct flow *f, const struct provider *p,
    const struct hook_rules *rules, struct str body, struct told *t,
    struct err *e)
{
	const struct hook	hook = { .body = body };
	struct event		ev;

	p->normalise(&hook, rules, f->arena, &ev);
	db_deadline(f->db, clock_steady() + READ_DEADLINE_S * SECOND);
	return inbox_read(f->db, f->seller, &(struct delivery){
	    .provider = str_of(p->name), .account = ev.account,
	    .event_id = ev.id }, f->arena, &t->row, &t->found, e);
}

enum rc
tell(struct flow *f, const struct provider *p, struct str body,
    struct told *out, struct err *e)
{
	struct hook_rules	rules;
	struct str		url, header;

	*out = (struct told){ .status = 0 };
	hook_rules_of(f->conf, str_of(p->name), &rules);
	if (f->conf->mode == MODE_LIVE)
		return err_set(e, RC_NOT_ALLOWED, "Use a server with mode: "
		    "test.", "invented payments have no place where money is "
		    "real");
	if (rules.secret_count == 0)
		return err_set(e, RC_MISSING, "Set it in rung.yaml.",
		    "%s_webhook_secrets is empty", p->name);
	url = arena_text(f->arena, "%.*s/v1/webhooks/%s",
	    STR_FMT(f->conf->base_url), p->name);
	header = p->sign(f->arena, rules.secrets[0], body,
	    flow_clock(f->app));
	TRY(post(url, arena_text(f->arena, "%s: %.*s", p->header_sent,
	    STR_FMT(header)), body, &out->status, e));
	return look_up(f, p, &rules, body, out, e);
}

void
tell_print(const struct ctl *c, const char *name, const struct told *t)
{
	struct out	o;

	if (!c->json) {
		CTL_ROW({ arena_text(c->arena, "%d", t->status), 3 },
		    { str_of(name), 44 },
		    { t->found ? str_of(inbox_state_names[t->row.state]) :
		    STR("not stored"), 11 },
		    { t->row.user.len > 0 ? t->row.user : STR("-"), 20 },
		    { t->row.why, 0 });
		return;
	}
	out_init(&o, c->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_name(&o, "name", name);
	out_int(&o, "answer", t->status);
	out_text(&o, "event_id", t->row.event_id);
	out_name(&o, "state", t->found ? inbox_state_names[t->row.state] : "");
	out_text(&o, "user", t->row.user);
	out_text(&o, "why", t->row.why);
	out_close(&o, '}');
	ctl_json(&o);
}
