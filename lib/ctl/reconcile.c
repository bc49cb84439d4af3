/*
 * rung reconcile: what the providers say happened, beside what we know.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/reconcile.h"
#include "provider/provider.h"

enum { SINCE_USUAL_S = 3 * 24 * 3600 };

/* What is different, what became of it, and how it was found to be whose. */
static struct str
said(struct ctl *c, const struct difference *d)
{
	struct str	text = d->what;

	if (d->applied)
		text = arena_text(c->arena, "%.*s: %s%s%.*s", STR_FMT(text),
		    outcome_names[d->answer.outcome],
		    d->answer.why.len > 0 ? ", " : "",
		    STR_FMT(d->answer.why));
	return d->note.len == 0 ? text : arena_text(c->arena, "%.*s; %.*s",
	    STR_FMT(text), STR_FMT(d->note));
}

static void
print_text(struct ctl *c, const struct difference *d)
{
	CTL_ROW({ text_time(c->arena, d->at), 24 }, { d->provider, 12 },
	    { d->type, 34 }, { d->event_id, 30 },
	    { d->user.len > 0 ? d->user : STR("-"), 16 },
	    { said(c, d), 0 });
}

static void
print_json(struct ctl *c, const struct difference *d)
{
	struct out	o;

	out_init(&o, c->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "provider", d->provider);
	out_text(&o, "event_id", d->event_id);
	out_text(&o, "type", d->type);
	out_name(&o, "kind", object_kind_names[d->object.kind]);
	out_text(&o, "ref", d->object.ref);
	out_text_or_null(&o, "user", d->user);
	out_time(&o, "happened_at", d->at);
	out_text(&o, "what", d->what);
	out_text_or_null(&o, "note", d->note);
	out_bool(&o, "applied", d->applied);
	if (d->applied) {
		out_name(&o, "outcome", outcome_names[d->answer.outcome]);
		out_text(&o, "why", d->answer.why);
	}
	out_close(&o, '}');
	ctl_json(&o);
}

static void
print(void *arg, const struct difference *d)
{
	struct ctl	*c = arg;

	if (c->json)
		print_json(c, d);
	else
		print_text(c, d);
}

enum finish
reconcile_run(struct ctl *c)
{
	struct reconcile_wish	 wish = {
		.provider = str_of(ctl_option(c, "provider")),
		.user = str_of(ctl_option(c, "user")),
		.apply = ctl_option(c, "apply") != NULL,
	};
	const char		*since = ctl_option(c, "since");
	int64_t			 seconds = SINCE_USUAL_S;
	struct reconciled	 sum;
	struct err		 e;

	if (since != NULL && !text_duration(str_of(since), &seconds)) {
		fprintf(stderr, "rung: --since is a duration such as 3d or "
		    "12h\n");
		return USAGE;
	}
	if (wish.provider.len > 0 && provider_find(wish.provider) == NULL) {
		fprintf(stderr, "rung: there is no provider %.*s\n",
		    STR_FMT(wish.provider));
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	wish.since = c->flow.now - seconds * SECOND;
	if (flow_reconcile(&c->flow, &wish, print, c, &sum, &e) != RC_OK)
		return ctl_failed(&e);
	if (sum.differences == 0)
		return NOTHING;
	if (!wish.apply)
		fprintf(stderr, "%lld differences; --apply takes them in\n",
		    (long long)sum.differences);
	return DONE;
}
