/*
 * What shall go wrong on the way, as an operator or a test asked for it.
 */
#include "base/buf.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/pretend.h"
#include "wire/doc.h"

/* All that is asked for is one thing, whose text is this. */
static enum rc
write_text(struct play *p, const struct play_faults *f, struct str *out,
    struct err *e)
{
	struct out	o;

	out_init(&o, p->f->arena, BODY_BYTES_MAX);
	out_open(&o, '{');
	out_int(&o, "delay", f->delay);
	out_int(&o, "duplicate", f->duplicate);
	out_bool(&o, "reorder", f->reorder);
	out_int(&o, "drop", f->drop);
	out_text(&o, "drop_at", f->drop_at);
	out_text(&o, "drop_types", f->drop_types);
	out_int(&o, "decline", f->decline);
	out_int(&o, "action", f->action);
	out_close(&o, '}');
	return out_take(&o, "the faults", out, e);
}

enum rc
faults_write(struct play *p, const struct play_faults *f, struct thing *t,
    struct err *e)
{
	TRY(write_text(p, f, &t->text, e));
	return thing_put(p, t, e);
}

enum rc
faults_read(struct play *p, struct play_faults *f, struct thing *t,
    struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct arena			*a = p->f->arena;
	const struct node		*root;
	bool				 found;

	*f = (struct play_faults){ .delay = 0 };
	TRY(thing_get(p, THING_FAULTS, STR("faults"), t, &found, e));
	if (!found) {
		thing_begin(p, THING_FAULTS, STR("faults"), t);
		return RC_OK;
	}
	TRY(doc_read(&doc, t->text, DOC_OURS, e));
	root = doc_root(doc);
	node_int(root, "delay", &f->delay);
	node_int(root, "duplicate", &f->duplicate);
	f->reorder = node_bool(root, "reorder");
	node_int(root, "drop", &f->drop);
	f->drop_at = arena_keep(a, node_text(root, "drop_at"));
	f->drop_types = arena_keep(a, node_text(root, "drop_types"));
	node_int(root, "decline", &f->decline);
	node_int(root, "action", &f->action);
	return RC_OK;
}

/* Two that take from the faults at once: the later one reads them again. */
enum { FAULT_TRIES = 20 };

static enum rc
payment_try(struct play *p, bool *decline, bool *action, struct err *e)
{
	struct play_faults	f;
	struct thing		t;

	TRY(faults_read(p, &f, &t, e));
	*decline = f.decline > 0;
	*action = !*decline && f.action > 0;
	if (!*decline && !*action)
		return RC_OK;
	f.decline -= *decline;
	f.action -= *action;
	return faults_write(p, &f, &t, e);
}

enum rc
faults_payment(struct play *p, bool *decline, bool *action, struct err *e)
{
	enum rc	rc = RC_BUSY;

	for (int i = 0; i < FAULT_TRIES && rc == RC_BUSY; i++)
		rc = payment_try(p, decline, action, e);
	return rc;
}

/* Take the type out of the list, once; was it there? */
static bool
take_type(struct arena *a, struct str *types, struct str type)
{
	struct str	word = arena_text(a, " %.*s ", STR_FMT(type));
	const char	*at;
	size_t		 head;

	if (types->len == 0)
		return false;
	at = memmem(types->at, types->len, word.at, word.len);
	if (at == NULL)
		return false;
	head = (size_t)(at - types->at);
	*types = arena_text(a, "%.*s%.*s", (int)head, types->at,
	    STR_FMT(str_part(*types, head + word.len - 1, types->len)));
	return true;
}

/* Is the next delivery one of the places?  Those after it move up by one. */
static bool
take_place(struct arena *a, struct str *places)
{
	struct str	rest = *places, word;
	struct buf	b;
	int64_t		n;
	bool		now = false;

	buf_init(&b, a, BODY_BYTES_MAX);
	buf_char(&b, ' ');
	while (rest.at != NULL) {
		word = str_cut(&rest, ' ');
		if (!str_int64(word, &n))
			continue;
		now = now || n == 1;
		if (n > 1)
			buf_fmt(&b, "%lld ", (long long)n - 1);
	}
	*places = b.len > 1 ? buf_str(&b) : STR_NONE;
	return now;
}

static int
times_of(struct arena *a, struct play_faults *f, struct str type)
{
	bool	at_place = f->drop_at.len > 0 && take_place(a, &f->drop_at);

	if (take_type(a, &f->drop_types, type) || at_place)
		return 0;
	if (f->drop > 0) {
		f->drop--;
		return 0;
	}
	if (f->duplicate > 0) {
		f->duplicate--;
		return 2;
	}
	return 1;
}

static enum rc
deliveries_try(struct play *p, const struct str *types, size_t count,
    int *times, int64_t *delay, bool *reorder, struct err *e)
{
	struct play_faults	f;
	struct thing		t;
	bool			changed = false;

	TRY(faults_read(p, &f, &t, e));
	*delay = f.delay;
	*reorder = f.reorder;
	for (size_t i = 0; i < count; i++) {
		changed = changed || f.drop_at.len > 0;
		times[i] = times_of(p->f->arena, &f, types[i]);
		changed = changed || times[i] != 1;
	}
	return changed ? faults_write(p, &f, &t, e) : RC_OK;
}

enum rc
faults_deliveries(struct play *p, const struct str *types, size_t count,
    int *times, int64_t *delay, bool *reorder, struct err *e)
{
	enum rc	rc = RC_BUSY;

	for (int i = 0; i < FAULT_TRIES && rc == RC_BUSY; i++)
		rc = deliveries_try(p, types, count, times, delay, reorder,
		    e);
	return rc;
}
