/*
 * What payment providers tell us.  A sender learns no more than yes or no:
 * which check failed stands in the log.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/tally.h"
#include "flow/intake.h"
#include "web/web.h"

static web_handler	deliver, deliver_to;

static const struct route routes[] = {
	{ "POST", "/v1/webhooks/{provider}",
	    MAY_ANYONE, deliver, .deadline_s = WEBHOOK_DEADLINE_S,
	    .body_max = WEBHOOK_BYTES_MAX, .raw_body = true,
	    .unlimited = true },
	{ "POST", "/v1/sellers/{seller}/webhooks/{provider}",
	    MAY_ANYONE, deliver_to, .deadline_s = WEBHOOK_DEADLINE_S,
	    .body_max = WEBHOOK_BYTES_MAX, .raw_body = true,
	    .unlimited = true },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve("webhook", routes);
}

static void
note_delivery(struct str provider, const struct intake_answer *a)
{
	struct str	outcome = str_of(outcome_names[a->outcome]);

	const struct log_pair	pairs[] = {
		LOG_S("provider", provider),
		LOG_S("event_id", a->event_id),
		LOG_S("type", a->type),
		LOG_S("outcome", outcome),
		LOG_S("user", a->user),
		LOG_S("why", a->why),
	};

	tally_add(TALLY_WEBHOOKS_RECEIVED, provider, outcome);
	log_line(LOG_INFO_LINE, "delivery", pairs,
	    a->why.len == 0 ? COUNT(pairs) - 1 : COUNT(pairs));
}

static void
note_grant(struct str provider, const struct intake_answer *a)
{
	if (a->revoked)
		tally_add(TALLY_REVOKED, provider, STR_NONE);
	if (!a->granted)
		return;
	tally_add(TALLY_GRANTED, provider, STR_NONE);
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, a->time_to_grant);
	LOG(LOG_INFO_LINE, "grant",
	    LOG_S("provider", provider),
	    LOG_S("event_id", a->event_id),
	    LOG_S("user", a->user),
	    LOG_N("version", a->version),
	    LOG_S("session", a->session),
	    LOG_N("time_to_grant_ms", a->time_to_grant / 1000));
}

static enum rc
take(struct web *w, const struct provider *p, struct err *e)
{
	const struct hook	hook = {
		.body = web_body(w), .signature = web_header(w, p->header),
	};
	struct str		name = str_of(p->name);
	struct intake_answer	answer;
	enum rc			rc;

	rc = flow_intake(web_flow(w), name, &hook, &answer, e);
	if (rc == RC_UNKNOWN_PATH)
		return rc;		/* not configured: counts as nothing */
	if (rc != RC_OK) {
		tally_add(TALLY_WEBHOOKS_RECEIVED, name, str_of(
		    outcome_names[rc == RC_BAD_SIGNATURE ?
		    OUTCOME_BAD_SIGNATURE : OUTCOME_ERROR]));
		return rc;
	}
	note_delivery(name, &answer);
	note_grant(name, &answer);
	return web_reply(w, 200, STR("{\"received\":true}"));
}

static enum rc
deliver(struct web *w, struct err *e)
{
	const struct provider	*p = provider_find(web_arg(w, "provider"));

	if (p == NULL)
		return err_set(e, RC_UNKNOWN_PATH, NULL,
		    "there is no such provider");
	return take(w, p, e);
}

/* The same at the address of one seller. */
static enum rc
deliver_to(struct web *w, struct err *e)
{
	int64_t	seller;

	if (!str_int64(web_arg(w, "seller"), &seller) ||
	    seller != SELLER_USUAL)
		return err_set(e, RC_UNKNOWN_PATH, NULL,
		    "there is no such seller");
	web_flow(w)->seller = (uint32_t)seller;
	return deliver(w, e);
}
