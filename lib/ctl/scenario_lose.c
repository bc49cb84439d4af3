/*
 * Losing a delivery: the sandbox keeps what happened, each provider in the
 * way that it can be asked later.
 */
#include "ctl/scenario.h"
#include "flow/hooks.h"
#include "flow/pretend.h"

/* It is in the list of events, by its id. */
static enum rc
lose_event(struct flow *f, const struct provider *p, const struct event *ev,
    struct str body, struct err *e)
{
	const struct sandbox_event	kept = {
		.id = ev->id, .type = ev->type, .at = ev->at, .body = body,
	};

	return sandbox_event_add(f->db, f->seller, str_of(p->name), &kept, e);
}

/* As the sandbox's own buyers have one. */
static void
subscription_fill(struct thing *sub, const struct fact *fact)
{
	sub->status = str_of(sub_state_names[fact->state]);
	sub->until = fact->paid_until;
	sub->trial_until = fact->trial_end;
	sub->cancel_planned = fact->cancel_at;
	sub->ended_at = fact->ended_at;
	if (fact->link_count > 0)
		sub->order = fact->links[0].ref;
	for (size_t i = 0; i < fact->item_count && i < PLAY_LINES_MAX; i++)
		sub->lines.at[sub->lines.count++] = (struct play_line){
			.price = fact->items[i].price,
			.quantity = fact->items[i].quantity,
		};
}

/* There is no such list: the subscription stands as the event says. */
static enum rc
lose_state(struct flow *f, const struct provider *p, const struct event *ev,
    struct err *e)
{
	struct play	play;
	struct thing	sub;

	if (ev->fact_count == 0 || ev->facts[0].kind != FACT_STATE)
		return err_set(e, RC_INVALID_VALUE, NULL, "%s can be asked "
		    "about subscriptions only", p->title);
	TRY(play_begin(&play, f, str_of(p->name), e));
	thing_begin(&play, THING_SUBSCRIPTION, ev->facts[0].object.ref, &sub);
	subscription_fill(&sub, &ev->facts[0]);
	return thing_put(&play, &sub, e);
}

enum rc
scenario_lose(struct flow *f, const struct provider *p, struct str body,
    struct err *e)
{
	const struct hook	hook = { .body = body };
	struct hook_rules	rules;
	struct event		ev;

	if (!f->conf->sandbox)
		return err_set(e, RC_MISSING, "Set sandbox: yes.", "only the "
		    "sandbox can lose a delivery");
	hook_rules_of(f->conf, str_of(p->name), &rules);
	p->normalise(&hook, &rules, f->arena, &ev);
	return p->lists_events ? lose_event(f, p, &ev, body, e) :
	    lose_state(f, p, &ev, e);
}
