/*
 * Answers about a session.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/checkout.h"
#include "flow/credential.h"
#include "flow/pages.h"
#include "wire/answers.h"

enum rc
pages_delta(struct arena *a, const struct plan *plan, struct str *json,
    struct err *e)
{
	struct out o;

	out_init(&o, a, DOCUMENT_BYTES_MAX);
	delta_write(&o, NULL, plan);
	return out_take(&o, "an answer", json, e);
}

enum rc
pages_open(struct arena *a, const struct session *session, struct str *json,
    struct err *e)
{
	struct out o;

	out_init(&o, a, DOCUMENT_BYTES_MAX);
	session_write(&o, NULL, session);
	return out_take(&o, "an answer", json, e);
}

enum rc
pages_session(struct arena *a, const struct session *session,
    struct str entitlements, struct str optimistic, struct str *json,
    int64_t *gap, struct err *e)
{
	struct str head = STR_NONE;

	TRY(pages_open(a, session, &head, e));
	head = arena_text(a, "{\"session\":%.*s", STR_FMT(head));
	*gap = (int64_t)head.len;
	*json = arena_text(a, "%.*s,\"entitlements\":%.*s,\"optimistic\":%.*s}",
	    STR_FMT(head), STR_FMT(entitlements),
	    STR_FMT(optimistic.len == 0 ? STR("null") : optimistic));
	return RC_OK;
}

static void
checkout_write(struct flow *f, struct out *o, const struct session *session,
    bool open)
{
	if (session->success_url.len == 0 || !open) {
		out_null(o, "checkout");
		return;
	}
	out_open_as(o, "checkout", '{');
	out_text(o, "provider", session->provider);
	out_text(o, "url", checkout_url(f, session->id));
	out_close(o, '}');
}

/* Insert an object's members, without its braces, at the gap. */
static enum rc
insert(struct arena *a, struct out *members, struct str stored, int64_t gap,
    struct str *json, struct err *e)
{
	struct str text = STR_NONE;

	must(gap > 0 && (size_t)gap < stored.len);
	TRY(out_take(members, "an answer", &text, e));
	*json = arena_text(a, "%.*s,%.*s%.*s", (int)gap, stored.at,
	    STR_FMT(str_part(text, 1, text.len - 2)),
	    STR_FMT(str_part(stored, (size_t)gap, stored.len)));
	return RC_OK;
}

enum rc
pages_fill(struct flow *f, const struct session *session, struct str stored,
    int64_t gap, struct str *json, struct err *e)
{
	struct out o;

	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	/* As first answered, whatever became of the session since. */
	checkout_write(f, &o, session, true);
	out_text(&o, "token", flow_session_token(f, session->id));
	out_close(&o, '}');
	return insert(f->arena, &o, stored, gap, json, e);
}

enum rc
pages_fill_shown(struct flow *f, const struct session *session,
    struct str stored, int64_t gap, struct str *json, struct err *e)
{
	struct out o;

	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	checkout_write(f, &o, session, !session_final(session->state));
	out_close(&o, '}');
	return insert(f->arena, &o, stored, gap, json, e);
}
