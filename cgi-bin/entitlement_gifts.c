/*
 * What an operator gives to a user, or withholds, by hand.
 */
#include "entitlement.h"
#include "flow/gift.h"

enum rc
gifts_list(struct web *w, struct err *e)
{
	struct str	user, json;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_gifts(web_flow(w), user, &json, e));
	return web_reply(w, 200, json);
}

enum rc
gifts_add(struct web *w, struct err *e)
{
	struct flow		*f = web_flow(w);
	struct override_row	 row;
	struct str		 user, json;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_gift_read(f, web_body(w), &row, e));
	TRY(flow_gift_add(f, user, &row, e));
	TRY(flow_gift_json(f, &row, &json, e));
	return web_reply(w, 201, json);
}

enum rc
gifts_end(struct web *w, struct err *e)
{
	struct str	user, json;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_gift_end(web_flow(w), user, web_arg(w, "override"), e));
	TRY(flow_gifts(web_flow(w), user, &json, e));
	return web_reply(w, 200, json);
}
