/*
 * rung provider: what to enter at each payment provider.
 */
#include <stdio.h>

#include "base/limits.h"
#include "ctl/ctl.h"
#include "flow/ask.h"
#include "flow/hooks.h"

static struct str
webhook_url(struct ctl *c, const struct provider *p)
{
	return arena_text(c->arena, "%.*s/v1/webhooks/%s",
	    STR_FMT(c->flow.conf->base_url), p->name);
}

static size_t
secrets_of(struct ctl *c, const struct provider *p)
{
	struct hook_rules	rules;

	hook_rules_of(c->flow.conf, str_of(p->name), &rules);
	return rules.secret_count;
}

enum finish
provider_list_run(struct ctl *c)
{
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	for (size_t i = 0; provider_at(i) != NULL; i++) {
		const struct provider	*p = provider_at(i);

		CTL_ROW({ str_of(p->name), 14 },
		    { secrets_of(c, p) > 0 ? STR("takes deliveries") :
		    STR("no webhook secret"), 18 },
		    { ask_possible(c->flow.conf, str_of(p->name)) ?
		    STR("can be asked") : STR("no API key"), 0 });
	}
	return DONE;
}

static enum finish
show_json(struct ctl *c, const struct provider *p)
{
	struct out	o;

	out_init(&o, c->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_name(&o, "provider", p->name);
	out_name(&o, "title", p->title);
	out_text(&o, "webhook_url", webhook_url(c, p));
	out_name(&o, "signature_header", p->header_sent);
	out_int(&o, "webhook_secrets", (int64_t)secrets_of(c, p));
	out_bool(&o, "api_key", ask_possible(c->flow.conf,
	    str_of(p->name)));
	out_open_as(&o, "events", '[');
	for (size_t i = 0; p->events[i] != NULL; i++)
		out_item(&o, str_of(p->events[i]));
	out_close(&o, ']');
	out_close(&o, '}');
	return ctl_json(&o);
}

enum finish
provider_show_run(struct ctl *c)
{
	const struct provider	*p = provider_find(c->operand[0]);

	if (p == NULL) {
		fprintf(stderr, "rung: there is no provider %.*s\n"
		    "      `rung provider list` has them.\n",
		    STR_FMT(c->operand[0]));
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (c->json)
		return show_json(c, p);
	printf("%s\n\n  Webhook URL to enter there:\n    %.*s\n\n"
	    "  Events to tick:\n", p->title, STR_FMT(webhook_url(c, p)));
	for (size_t i = 0; p->events[i] != NULL; i++)
		printf("    %s\n", p->events[i]);
	printf("\n  %s_webhook_secrets: %zu in rung.yaml\n"
	    "  %s_api_key: %s\n", p->name, secrets_of(c, p), p->name,
	    ask_possible(c->flow.conf, str_of(p->name)) ? "set" :
	    "not set; needed for checkouts, changes and rung reconcile");
	return DONE;
}
