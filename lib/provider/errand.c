/*
 * What all errands do alike: putting a call together, and telling an answer
 * from no answer.
 */
#include "base/guard.h"
#include "provider/errand.h"
#include "wire/doc.h"

enum { WHY_MAX = 200, BODIES_AT_A_TIME = 64 };

void
call_begin(struct call *c, const char *method, struct str path)
{
	*c = (struct call){ .method = method, .path = path };
}

void
call_header(struct call *c, const char *name, struct str value)
{
	must(c->header_count < CALL_HEADERS_MAX);
	c->headers[c->header_count++] = (struct call_header){
		.name = name, .value = value,
	};
}

enum rc
answer_check(const struct call_answer *a, const char *setting, struct err *e)
{
	if (a->status == 401 || a->status == 403) {
		err_set(e, RC_PROVIDER_DENIED, NULL,
		    "the provider does not accept the key in %s: it "
		    "answered %d", setting, a->status);
		return e->rc;
	}
	if (a->status == 429 || a->status >= 500 || a->status < 200)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "the provider answered %d", a->status);
	return RC_OK;
}

enum rc
answer_read(const struct call_answer *a, struct doc **out, struct err *e)
{
	struct err	why;

	if (doc_read(out, a->body, DOC_OURS, &why) == RC_OK)
		return RC_OK;
	return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
	    "the provider's answer cannot be read: %s", why.what);
}

void
errand_end(struct errand_result *r, enum errand_end end, struct arena *a,
    struct str why)
{
	r->end = end;
	r->why = arena_keep(a, str_part(why, 0,
	    why.len < WHY_MAX ? why.len : WHY_MAX));
}

void
errand_body(struct errand_result *r, struct arena *a, struct str body)
{
	struct str	*more;

	if (r->body_count % BODIES_AT_A_TIME == 0) {
		more = arena_many(a, r->body_count + BODIES_AT_A_TIME,
		    struct str);
		for (size_t i = 0; i < r->body_count; i++)
			more[i] = r->bodies[i];
		r->bodies = more;
	}
	r->bodies[r->body_count++] = body;
}
