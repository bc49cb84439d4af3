/*
 * Building a struct event.  Knows our own bounds and alphabets, and nothing
 * of any provider's format.
 */
#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/event.h"
#include "wire/wish.h"

enum { EVENT_TYPE_MAX = 100 };		/* the column in the inbox */

static bool
id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == ':' ||
	    c == '@' || c == '-';
}

bool
event_id_valid(struct str id)
{
	if (id.len == 0 || id.len > OUTSIDE_ID_MAX)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!id_char(id.at[i]))
			return false;
	return true;
}

bool
event_type_valid(struct str type)
{
	if (type.len == 0 || type.len > EVENT_TYPE_MAX)
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (type.at[i] <= ' ' || type.at[i] > '~')
			return false;
	return true;
}

void
event_unreadable(struct event *out, const struct hook *hook,
    const struct hook_rules *rules, struct arena *a, const char *why)
{
	struct digest	digest = secret_sha256(hook->body);
	struct str	hex = text_hex(a, digest.byte, SHA256_BYTES);

	*out = (struct event){
		.class = EVENT_UNREADABLE,
		.id = arena_text(a, "x:%.*s", STR_FMT(hex)),
		.livemode = rules->livemode,
		.why = arena_text(a, "%s", why),
	};
}

enum rc
event_fact(struct event_maker *m, enum fact_kind kind,
    enum object_kind object, struct str ref, struct fact **out, struct err *e)
{
	struct event	*event = m->event;
	struct fact	*f;

	if (!event_id_valid(ref))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "the id of its %s is missing or no id",
		    object_kind_names[object]);
	if (event->facts == NULL)
		event->facts = arena_many(m->arena, EVENT_FACTS_MAX,
		    struct fact);
	must(event->fact_count < EVENT_FACTS_MAX);

	f = &event->facts[event->fact_count++];
	f->kind = kind;
	f->object = (struct object_key){
		.provider = m->provider,
		.account = event->account,
		.kind = object,
		.ref = arena_keep(m->arena, ref),
	};
	f->at = event->at;
	f->livemode = event->livemode;
	*out = f;
	return RC_OK;
}

void
event_link(struct event_maker *m, struct fact *f, enum object_kind kind,
    struct str ref)
{
	if (!event_id_valid(ref))
		return;
	must(f->link_count < LINKS_MAX);
	f->links[f->link_count++] = (struct object_key){
		.provider = m->provider,
		.account = m->event->account,
		.kind = kind,
		.ref = arena_keep(m->arena, ref),
	};
}

void
event_names(struct event_maker *m, struct fact *f, struct str user,
    struct str session, enum naming by)
{
	if (user_id_valid(user))
		f->user = arena_keep(m->arena, user);
	if (event_id_valid(session)) {
		f->session = arena_keep(m->arena, session);
		f->named_by = by;
	}
}

void
event_names_copy(struct fact *to, const struct fact *from)
{
	to->user = from->user;
	to->session = from->session;
	to->named_by = from->named_by;
}
