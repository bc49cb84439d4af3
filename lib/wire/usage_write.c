/*
 * Counters as JSON.
 */
#include "base/limits.h"
#include "core/window.h"
#include "wire/answer_parts.h"
#include "wire/usage_write.h"

static void
hold_write(struct out *o, const struct usage_answer *a)
{
	if (a->hold.len == 0) {
		out_null(o, "hold");
		return;
	}
	out_open_as(o, "hold", '{');
	out_text(o, "id", a->hold);
	out_name(o, "status", a->hold_status);
	out_int(o, "amount", a->hold_amount);
	out_time(o, "expires_at", a->hold_expires_at);
	out_close(o, '}');
}

void
usage_write(struct out *o, const struct usage_answer *a)
{
	out_open(o, '{');
	out_text(o, "user", a->user);
	out_text(o, "limit", a->limit->name);
	out_bool(o, "allowed", a->allowed);
	limit_members(o, a->limit, &a->meter, a->resets_at);
	hold_write(o, a);
	out_close(o, '}');
}

static int64_t
used_of(const struct usage *usage, size_t count, struct str limit,
    int64_t window)
{
	for (size_t i = 0; i < count; i++)
		if (usage[i].window == window &&
		    str_eq(usage[i].limit, limit))
			return usage[i].used;
	return 0;
}

static const char limits_head[] = ",\"limits\":{";

/*
 * Where the members of a document's limits begin and end.  Within a text a
 * quote is escaped, so the first place that looks like limits is theirs; and
 * no name or word in them has a brace.
 */
static bool
limits_place(struct str document, size_t *from, size_t *to)
{
	const char	*head = memmem(document.at, document.len, limits_head,
			    sizeof(limits_head) - 1);
	int		 depth = 1;

	if (head == NULL)
		return false;
	*from = (size_t)(head - document.at) + sizeof(limits_head) - 1;
	for (*to = *from; *to < document.len; ++*to) {
		if (document.at[*to] == '{')
			depth++;
		else if (document.at[*to] == '}' && --depth == 0)
			return true;
	}
	return false;
}

enum rc
usage_put(struct str document, const struct holding *h,
    const struct usage *usage, size_t count, enum policy_action over_limit,
    int64_t now, struct arena *a, struct str *out, struct err *e)
{
	struct str	 limits = STR_NONE;
	struct meter	 m;
	struct out	 o;
	size_t		 from = 0, to = 0;

	out_init(&o, a, DOCUMENT_BYTES_MAX);
	out_open(&o, '{');
	for (size_t i = 0; i < h->limit_count; i++) {
		const struct held_limit *l = &h->limits[i];
		int64_t end = window_end(l->per, h->month_from, now);

		meter_read(l, over_limit, used_of(usage, count, l->name, end),
		    &m);
		out_key(&o, l->name);
		out_open(&o, '{');
		limit_members(&o, l, &m, end);
		out_close(&o, '}');
	}
	out_close(&o, '}');
	TRY(out_take(&o, "limits", &limits, e));
	if (!limits_place(document, &from, &to))
		return err_set(e, RC_BROKEN, NULL, "a document has no limits");
	*out = arena_text(a, "%.*s%.*s%.*s", (int)from, document.at,
	    STR_FMT(str_part(limits, 1, limits.len - 2)),
	    STR_FMT(str_part(document, to, document.len)));
	return RC_OK;
}
