/*
 * rung scenario: plays a story to our own webhook route, for a new user with
 * a session of its own, and looks after each step at what that user holds.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "ctl/scenario.h"
#include "ctl/tell.h"
#include "flow/entitle.h"
#include "flow/reconcile.h"
#include "flow/upgrade.h"

enum { NAME_BYTES = 6, PLAY_SECONDS = 30 };

struct play {
	struct ctl		*ctl;
	const struct scenario	*scenario;
	const struct provider	*provider;
	const struct tier	*tier, *lower;
	struct str		 user, session;
	int64_t			 began;		/* of the story, microseconds */
	bool			 wrong;
};

static const struct scenario *
find(struct str name)
{
	for (const struct scenario *s = scenarios; s->name != NULL; s++)
		if (str_eq(name, str_of(s->name)))
			return s;
	return NULL;
}

static enum finish
list(void)
{
	for (const struct scenario *s = scenarios; s->name != NULL; s++)
		CTL_ROW({ str_of(s->name), 20 }, { str_of(s->about), 0 });
	return DONE;
}

static const char *
of_provider(const struct play *p, const struct each *texts)
{
	struct str	name = str_of(p->provider->name);

	if (str_eq(name, STR("stripe")))
		return texts->stripe;
	return str_eq(name, STR("paddle")) ? texts->paddle :
	    texts->lemonsqueezy;
}

static const char *
event_of(const struct play *p, const struct step *step)
{
	return of_provider(p, &step->event);
}

static bool
needs_lower(const struct scenario *s)
{
	for (size_t i = 0; i < STEPS_MAX; i++)
		if (s->steps[i].lower)
			return true;
	return false;
}

static bool
is_sold(const struct play *p, const struct tier *t)
{
	return tier_price(t, str_of(p->provider->name), STR_NONE) != NULL;
}

/* The highest tier that is sold there, or the one asked for; and the next. */
static enum rc
choose_tiers(struct play *p, const char *asked, struct err *e)
{
	const struct catalog	*catalog = NULL;
	const struct matrix	*m;

	TRY(flow_catalog(&p->ctl->flow, &catalog, e));
	m = catalog_newest(catalog);
	for (size_t i = 0; i < m->tier_count; i++) {
		const struct tier	*t = &m->tiers[i];

		if (!is_sold(p, t) || (p->tier != NULL && asked != NULL &&
		    str_eq(p->tier->id, str_of(asked))))
			continue;
		p->lower = p->tier;
		p->tier = t;
	}
	if (p->tier == NULL || (asked != NULL &&
	    !str_eq(p->tier->id, str_of(asked))))
		return err_set(e, RC_UNKNOWN_TIER, "Give such a tier a price "
		    "in the matrix, or use --provider.",
		    "no such tier is sold at %s", p->provider->title);
	if (p->lower == NULL && needs_lower(p->scenario))
		return err_set(e, RC_UNKNOWN_TIER, "Give a second tier a "
		    "price in the matrix, or use --provider.",
		    "%s sells one tier only, and this story needs two",
		    p->provider->title);
	return RC_OK;
}

/* Every story begins with a click: a session that our own checkout serves. */
static enum rc
begin(struct play *p, struct err *e)
{
	struct flow		*f = &p->ctl->flow;
	struct principal	 who = {
		.kind = PRINCIPAL_SERVER, .seller = f->seller,
		.name = STR("operator"),
	};
	struct start_answer	 answer;
	struct str		 open;
	uint8_t			 random[NAME_BYTES];
	struct str		 body;

	secret_random(random, sizeof(random));
	p->user = arena_text(f->arena, "%s_%.*s", p->scenario->name,
	    STR_FMT(text_hex(f->arena, random, sizeof(random))));
	body = arena_text(f->arena, "{\"user\":\"%.*s\",\"target_tier\":"
	    "\"%.*s\",\"checkout\":{\"provider\":\"%s\",\"success_url\":"
	    "\"%.*s/\"}}", STR_FMT(p->user), STR_FMT(p->tier->id),
	    p->provider->name, STR_FMT(f->conf->base_url));
	TRY(flow_upgrade_start(f, &who, body, p->user, &answer, &open, e));
	p->session = answer.session;
	p->began = f->now - STEPS_MAX * 2 * MINUTE;
	return RC_OK;
}

/* What is held now, as one of the words of the table. */
static enum rc
look(struct play *p, struct held *held, enum then *then, struct err *e)
{
	struct flow		*f = &p->ctl->flow;
	const struct holding	*h = &held->holding;

	flow_begin(f, p->ctl->app, f->arena, READ_DEADLINE_S);
	TRY(flow_held(f, p->user, held, e));
	*then = h->state == HOLDING_SUSPENDED ? THEN_SUSPENDED :
	    h->state == HOLDING_GRACE ? THEN_GRACE :
	    str_eq(h->tier, p->tier->id) ? THEN_PAID :
	    p->lower != NULL && str_eq(h->tier, p->lower->id) ? THEN_LOWER :
	    THEN_FREE;
	return RC_OK;
}

static void
report(struct play *p, const struct step *step, const struct told *told,
    const struct held *held, bool right)
{
	struct arena	*a = p->ctl->arena;

	p->wrong = p->wrong || !right;
	CTL_ROW({ arena_text(a, "%d", told->status), 3 },
	    { str_of(event_of(p, step)), 48 },
	    { told->found ? str_of(inbox_state_names[told->row.state]) :
	    step->heard == ASKED ? STR("asked for") : STR("lost"), 11 },
	    { held->holding.tier, 12 },
	    { str_of(holding_state_names[held->holding.state]), 9 },
	    { right ? str_of(step->note) : arena_text(a, "%s: NOT SO",
	    step->note), 0 });
}

static void
no_matter(void *arg, const struct difference *d)
{
	(void)arg;
	(void)d;
}

static enum rc
ask_for_it(struct play *p, struct err *e)
{
	const struct reconcile_wish	wish = {
		.provider = str_of(p->provider->name), .user = p->user,
		.since = p->began - MINUTE, .apply = true,
	};
	struct reconciled		sum;

	return flow_reconcile(&p->ctl->flow, &wish, no_matter, NULL, &sum, e);
}

/* The step as we hear of it. */
static enum rc
hear(struct play *p, const struct step *step, struct str body,
    struct told *told, struct err *e)
{
	*told = (struct told){ .status = 200 };
	switch (step->heard) {
	case HEARD:
		for (int i = 0; i < (step->times > 0 ? step->times : 1); i++)
			TRY(tell(&p->ctl->flow, p->provider, body, told, e));
		break;
	case LOST:
		return scenario_lose(&p->ctl->flow, p->provider, body, e);
	case ASKED:
		return ask_for_it(p, e);
	}
	return RC_OK;
}

static enum rc
play_step(struct play *p, const struct step *step, struct err *e)
{
	const struct tier	*t = step->lower ? p->lower : p->tier;
	struct example_wish	 wish = {
		.example = example_find(str_of(p->provider->name),
		    str_of(event_of(p, step))),
		.user = p->user, .session = p->session, .story = p->session,
		.price = tier_price(t, str_of(p->provider->name),
		    STR_NONE)->id,
		.store = p->ctl->flow.conf->lemonsqueezy_store,
		.quantity = 1, .now = p->began + step->minute * MINUTE,
		.salt = arena_text(p->ctl->arena, "%.*s %td",
		    STR_FMT(p->session), step - p->scenario->steps),
	};
	enum then		 then = THEN_ANY;
	struct told		 told;
	struct held		 held;
	struct str		 body;

	TRY(example_make(&wish, p->ctl->arena, &body, e));
	TRY(hear(p, step, body, &told, e));
	TRY(look(p, &held, &then, e));
	report(p, step, &told, &held, told.status == 200 &&
	    (step->then == THEN_ANY || step->then == then));
	return RC_OK;
}

static enum rc
play(struct play *p, struct err *e)
{
	TRY(choose_tiers(p, ctl_option(p->ctl, "tier"), e));
	TRY(begin(p, e));
	printf("%s: %s\nuser %.*s, session %.*s, tier %.*s at %s\n",
	    p->scenario->name, p->scenario->about, STR_FMT(p->user),
	    STR_FMT(p->session), STR_FMT(p->tier->id), p->provider->title);
	for (size_t i = 0; i < STEPS_MAX && p->scenario->steps[i].note != NULL;
	    i++)
		if (event_of(p, &p->scenario->steps[i]) != NULL)
			TRY(play_step(p, &p->scenario->steps[i], e));
	return RC_OK;
}

enum finish
scenario_run(struct ctl *c)
{
	const char	*provider = ctl_option(c, "provider");
	struct play	 p = {
		.ctl = c,
		.provider = provider_find(provider == NULL ? STR("stripe") :
		    str_of(provider)),
	};
	const char	*untold;
	struct err	 e;

	if (c->operand_count == 0)
		return list();
	p.scenario = find(c->operand[0]);
	if (p.scenario == NULL || p.provider == NULL) {
		fprintf(stderr, "rung: there is no such %s\n"
		    "      `rung scenario` lists the stories, `rung provider "
		    "list` the providers.\n",
		    p.scenario == NULL ? "story" : "provider");
		return USAGE;
	}
	untold = of_provider(&p, &p.scenario->untold);
	if (untold != NULL) {
		fprintf(stderr, "rung: %s\n", untold);
		return USAGE;
	}
	if (!ctl_open(c, PLAY_SECONDS))
		return FAILED;
	if (play(&p, &e) != RC_OK)
		return ctl_failed(&e);
	printf(p.wrong ? "NOT as it must be\n" : "as it must be\n");
	return p.wrong ? FAILED : DONE;
}
