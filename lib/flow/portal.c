/*
 * Asking for a buyer's page: of the subscription that runs, else of the
 * newest purchase.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/ask.h"
#include "flow/portal.h"
#include "flow/settle.h"
#include "flow/url.h"
#include "wire/doc.h"
#include "wire/out.h"

static enum rc
read_return(struct flow *f, struct str body, struct str *url, struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct str text = STR_NONE;

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	if (node_kind(doc_root(doc)) != NODE_OBJECT)
		return err_member(e, RC_INVALID_VALUE, "",
		    "Send {\"return_url\":\"https://...\"}.",
		    "the body is not an object");
	TRY(want_text(doc_root(doc), "return_url", true, 2048, &text, e));
	*url = arena_keep(f->arena, text);
	return url_allowed(f->conf, *url, "/return_url", e);
}

/* Does the one tell more of its buyer than the other? */
static bool
better(const struct purchase *p, const struct purchase *than)
{
	bool live = purchase_live(p->state), was = purchase_live(than->state);

	if (p->subscription != than->subscription)
		return p->subscription;
	if (live != was)
		return live;
	return p->first_at > than->first_at;
}

static const struct purchase *
best(const struct settle *s)
{
	const struct purchase *found = NULL;
	bool livemode = s->flow->conf->mode == MODE_LIVE;

	for (size_t i = 0; i < s->purchase_count; i++) {
		const struct purchase *p = &s->purchases[i];

		if (p->livemode != livemode ||
		    !ask_possible(s->flow->conf, p->key.provider))
			continue;
		if (found == NULL || better(p, found))
			found = p;
	}
	return found;
}

static enum rc
no_page(struct err *e, struct str why)
{
	return err_set(e, RC_INVALID_TRANSITION,
	    "Start an upgrade first; see that the provider's API key is set.",
	    "there is no page of the buyer: %.*s", STR_FMT(why));
}

enum rc
flow_portal(struct flow *f, struct str user, struct str body,
    struct str *json, struct err *e)
{
	struct errand errand = { .kind = ERRAND_PORTAL, .user = user };
	struct errand_result result;
	const struct purchase *p;
	struct settle s;
	struct out o;

	TRY(read_return(f, body, &errand.success_url, e));
	TRY(settle_read(&s, f, user, e));
	TRY(settle_work(&s, e));
	p = best(&s);
	if (p == NULL)
		return no_page(e, STR("nothing was bought at a provider"));
	errand.object = p->key;
	TRY(flow_ask(f, p->key.provider, &errand, 0, &result, e));
	if (result.end != ERRAND_DONE || result.url.len == 0)
		return no_page(e, result.why.len > 0 ? result.why :
		    STR("the provider does not know the purchase"));
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "provider", p->key.provider);
	out_text(&o, "url", result.url);
	out_close(&o, '}');
	return out_take(&o, "an answer", json, e);
}
