/*
 * A page lets its user in to protected files: its client token becomes a
 * cookie, which the browser sends along with each of them.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "entitlement.h"
#include "flow/gate.h"
#include "wire/out.h"

enum rc
gate_enter(struct web *w, struct err *e)
{
	struct flow	*f = web_flow(w);
	struct str	 json;
	struct out	 o;
	int64_t		 expires_at;

	web_set(w, "Set-Cookie", flow_gate_cookie(f, web_principal(w)->user,
	    &expires_at));
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_time(&o, "expires_at", expires_at);
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &json, e));
	return web_reply(w, 200, json);
}
