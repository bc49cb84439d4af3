/*
 * AuthZEN 1.0: evaluations by the words of an authorization API.  A refusal is
 * an answer; only what cannot be understood is an error.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "entitlement.h"
#include "flow/entitle.h"
#include "wire/answers.h"
#include "wire/authzen.h"
#include "wire/out.h"
#include "wire/wish.h"

static int
authzen_status(enum rc rc, int status)
{
	return rc == RC_INVALID_VALUE ? 400 : status;
}

const struct dialect	authzen_dialect = { false, authzen_status, NULL };

/* Users that were read for this request, so that each is read once. */
struct seen {
	struct held	*list;
	size_t		 count;
};

static enum rc
look_up(struct web *w, struct str user, struct seen *seen,
    const struct held **out, struct err *e)
{
	for (size_t i = 0; i < seen->count; i++)
		if (str_eq(seen->list[i].user, user)) {
			*out = &seen->list[i];
			return RC_OK;
		}
	TRY(flow_held(web_flow(w), user, &seen->list[seen->count], e));
	*out = &seen->list[seen->count++];
	return RC_OK;
}

struct decision {
	bool		 allowed;
	const char	*reason;	/* NULL: it could not be asked */
};

static enum rc
decide(struct web *w, const struct authzen_question *q, struct seen *seen,
    struct decision *out, struct err *e)
{
	struct verdict		 verdict;
	const struct held	*held = NULL;

	*out = (struct decision){ false, q->foreign };
	if (q->lacks != NULL || q->foreign != NULL)
		return RC_OK;
	if (!user_id_valid(q->user)) {
		out->reason = "unknown-subject";
		return RC_OK;
	}
	TRY(look_up(w, q->user, seen, &held, e));
	verdict = (struct verdict){
		.capability = q->capability, .matrix = held->matrix,
	};
	verdict_decide(&verdict, &held->holding);
	*out = (struct decision){ verdict.allowed, verdict.code };
	return RC_OK;
}

static void
write_decision(struct out *o, const struct authzen_question *q,
    const struct decision *d)
{
	out_open(o, '{');
	out_bool(o, "decision", d->allowed);
	out_open_as(o, "context", '{');
	if (q->lacks == NULL) {
		out_name(o, "reason", d->reason);
	} else {
		out_open_as(o, "error", '{');
		out_int(o, "status", 400);
		out_name(o, "message", q->lacks);
		out_close(o, '}');
	}
	out_close(o, '}');
	out_close(o, '}');
}

static bool
is_last(enum authzen_until until, const struct decision *d)
{
	return (until == UNTIL_DENY && !d->allowed) ||
	    (until == UNTIL_PERMIT && d->allowed);
}

static enum rc
write_all(struct web *w, const struct authzen_ask *ask, struct out *o,
    struct err *e)
{
	struct seen	seen = {
		.list = arena_many(web_arena(w), ask->count, struct held),
	};

	if (ask->many) {
		out_open(o, '{');
		out_open_as(o, "evaluations", '[');
	}
	for (size_t i = 0; i < ask->count; i++) {
		const struct authzen_question	*q = &ask->questions[i];
		struct decision			 d;

		TRY(decide(w, q, &seen, &d, e));
		write_decision(o, q, &d);
		if (is_last(ask->until, &d))
			break;
	}
	if (ask->many) {
		out_close(o, ']');
		out_close(o, '}');
	}
	return RC_OK;
}

static enum rc
reply(struct web *w, const struct authzen_ask *ask, struct err *e)
{
	struct out	o;
	struct str	json;

	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	TRY(write_all(w, ask, &o, e));
	TRY(out_take(&o, "an answer", &json, e));
	return web_reply(w, 200, json);
}

enum rc
authzen_evaluation(struct web *w, struct err *e)
{
	struct authzen_ask	ask;

	TRY(authzen_read(web_body(w), web_arena(w), &ask, e));
	return reply(w, &ask, e);
}

enum rc
authzen_evaluations(struct web *w, struct err *e)
{
	struct authzen_ask	ask;

	TRY(authzen_read_many(web_body(w), web_arena(w), &ask, e));
	return reply(w, &ask, e);
}

/* Where the two above are. */
enum rc
authzen_configuration(struct web *w, struct err *e)
{
	struct str	base = web_flow(w)->conf->base_url, json;
	struct arena	*a = web_arena(w);
	struct out	o;

	out_init(&o, a, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "policy_decision_point", base);
	out_text(&o, "access_evaluation_endpoint", arena_text(a,
	    "%.*s/access/v1/evaluation", STR_FMT(base)));
	out_text(&o, "access_evaluations_endpoint", arena_text(a,
	    "%.*s/access/v1/evaluations", STR_FMT(base)));
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &json, e));
	return web_reply(w, 200, json);
}
