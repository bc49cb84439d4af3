/*
 * rung key: server keys and check keys.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/credential.h"
#include "store/credential_store.h"

enum { LABEL_BYTES_MAX = 100, KEY_SECONDS = 10 };

struct made {
	struct str	 id, secret, kind, label;
};

static enum finish
tell_made(struct ctl *c, const struct made *m)
{
	struct out	o;

	if (ctl_option(c, "quiet") != NULL) {
		ctl_line(m->secret);
		return DONE;
	}
	if (!c->json) {
		CTL_ROW({ STR("id"), 6 }, { m->id, 0 });
		CTL_ROW({ STR("secret"), 6 }, { m->secret, 0 });
		fprintf(stderr, "Keep the secret now: it is not shown"
		    " again.\n");
		return DONE;
	}
	out_init(&o, c->arena, 4096);
	out_open(&o, '{');
	out_text(&o, "id", m->id);
	out_text(&o, "kind", m->kind);
	out_text(&o, "label", m->label);
	out_text(&o, "secret", m->secret);
	out_close(&o, '}');
	return ctl_json(&o);
}

enum finish
key_create(struct ctl *c)
{
	struct made	m = {
		.kind = c->operand[0],
		.label = str_of(ctl_option(c, "label")),
	};
	bool		server = str_eq(m.kind, STR("server"));
	struct err	e;

	if (!server && !str_eq(m.kind, STR("check"))) {
		fprintf(stderr, "rung: a key is a server key or a check"
		    " key\n");
		return USAGE;
	}
	if (m.label.len > LABEL_BYTES_MAX || !str_utf8(m.label)) {
		fprintf(stderr, "rung: a label has at most %d bytes of"
		    " UTF-8\n", LABEL_BYTES_MAX);
		return USAGE;
	}
	if (!ctl_open(c, KEY_SECONDS))
		return FAILED;
	if (flow_key_create(&c->flow, server ? CREDENTIAL_SERVER :
	    CREDENTIAL_CHECK, m.label, &m.secret, &m.id, &e) != RC_OK)
		return ctl_failed(&e);
	return tell_made(c, &m);
}

static void
list_json(struct out *o, const struct credential *list, size_t count)
{
	out_open(o, '{');
	out_open_as(o, "data", '[');
	for (size_t i = 0; i < count; i++) {
		out_open(o, '{');
		out_text(o, "id", list[i].key_id);
		out_name(o, "kind", credential_kind_names[list[i].kind]);
		out_text(o, "label", list[i].label);
		out_time(o, "created_at", list[i].created_at);
		out_time(o, "expires_at", list[i].expires_at);
		out_time(o, "revoked_at", list[i].revoked_at);
		out_close(o, '}');
	}
	out_close(o, ']');
	out_close(o, '}');
}

static void
list_text(struct arena *a, const struct credential *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CTL_ROW({ list[i].key_id, 35 },
		    { str_of(credential_kind_names[list[i].kind]), 6 },
		    { text_time(a, list[i].created_at), 24 },
		    { list[i].revoked_at != 0 ? STR("revoked") :
			STR("in force"), 8 },
		    { list[i].label, 0 });
}

enum finish
key_list(struct ctl *c)
{
	struct credential	*list;
	struct out		 o;
	struct err		 e;
	size_t			 count;

	if (!ctl_open(c, KEY_SECONDS))
		return FAILED;
	if (credential_list(c->flow.db, c->flow.seller, c->arena, &list,
	    &count, &e) != RC_OK)
		return ctl_failed(&e);
	if (!c->json) {
		list_text(c->arena, list, count);
		return DONE;
	}
	out_init(&o, c->arena, REPLY_BYTES_MAX);
	list_json(&o, list, count);
	return ctl_json(&o);
}

/* Is there such a key, still in force? */
static enum rc
find(struct ctl *c, bool *found, struct err *e)
{
	struct credential	*list;
	size_t			 count;

	*found = false;
	TRY(credential_list(c->flow.db, c->flow.seller, c->arena, &list,
	    &count, e));
	for (size_t i = 0; i < count; i++)
		if (list[i].revoked_at == 0 &&
		    str_eq(list[i].key_id, c->operand[0]))
			*found = true;
	return RC_OK;
}

enum finish
key_revoke(struct ctl *c)
{
	bool		dry_run = ctl_option(c, "dry-run") != NULL, found;
	struct err	e;
	enum rc		rc;

	if (!ctl_open(c, KEY_SECONDS))
		return FAILED;
	rc = dry_run ? find(c, &found, &e) : credential_revoke(c->flow.db,
	    c->flow.seller, c->operand[0], c->flow.now, &found, &e);
	if (rc != RC_OK)
		return ctl_failed(&e);
	if (!found) {
		fprintf(stderr, "rung: no key in force has the id %.*s\n",
		    STR_FMT(c->operand[0]));
		return FAILED;
	}
	printf("%s %.*s\n", dry_run ? "would revoke" : "revoked",
	    STR_FMT(c->operand[0]));
	return DONE;
}
