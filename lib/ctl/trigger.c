/*
 * rung trigger: one signed delivery to our own webhook route, made from a
 * recorded one.  For development: nothing of it works with mode: live.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "ctl/tell.h"
#include "store/session_store.h"

enum { SETS_MAX = 32, STORY_BYTES = 8 };

/* What there is of a provider, for people who look around. */
static enum finish
list_examples(struct str provider)
{
	size_t	n = 0;

	for (size_t i = 0; i < example_count; i++)
		if (str_eq(provider, str_of(examples[i].provider))) {
			ctl_line(str_of(examples[i].name));
			n++;
		}
	return n > 0 ? DONE : NOTHING;
}

/* "path=value" for each --set. */
static bool
read_sets(struct ctl *c, struct example_wish *wish)
{
	struct example_set	*sets = arena_many(c->arena, SETS_MAX,
				    struct example_set);
	const char		*given = ctl_option(c, "set");
	struct str		 lines = str_of(given);

	wish->sets = sets;
	while (lines.len > 0) {
		struct str	value = str_cut(&lines, '\n');
		struct str	path = str_cut(&value, '=');

		if (path.len == 0 || value.at == NULL ||
		    wish->set_count == SETS_MAX) {
			fprintf(stderr, "rung: --set takes PATH=VALUE, at most"
			    " %d times\n", SETS_MAX);
			return false;
		}
		sets[wish->set_count++] = (struct example_set){
			.path = path, .value = value,
		};
	}
	return true;
}

/* User, price and quantity of a session that we know. */
static enum rc
from_session(struct ctl *c, const struct provider *p,
    struct example_wish *wish, struct err *e)
{
	struct session	s;
	bool		found = false;

	TRY(session_read(c->flow.db, c->flow.seller, wish->session, c->arena,
	    &s, &found, e));
	if (!found)
		return err_set(e, RC_MISSING, "`rung session list` has them.",
		    "there is no session %.*s", STR_FMT(wish->session));
	if (wish->user.len == 0)
		wish->user = s.terms.user;
	if (wish->quantity == 0)
		wish->quantity = s.terms.quantity;
	if (wish->price.len == 0 && s.price.len > 0 &&
	    str_eq(s.provider, str_of(p->name)))
		wish->price = s.price;
	if (wish->price.len > 0 || s.terms.tier.len == 0)
		return RC_OK;
	return tell_price(&c->flow, p, s.terms.tier, &wish->price, e);
}

static enum rc
fill(struct ctl *c, const struct provider *p, struct example_wish *wish,
    struct err *e)
{
	const char	*tier = ctl_option(c, "tier");
	uint8_t		 random[STORY_BYTES];

	wish->user = str_of(ctl_option(c, "user"));
	wish->session = str_of(ctl_option(c, "session"));
	wish->now += c->flow.now;
	wish->store = c->flow.conf->lemonsqueezy_store;
	if (tier != NULL)
		TRY(tell_price(&c->flow, p, str_of(tier), &wish->price, e));
	if (wish->session.len > 0)
		TRY(from_session(c, p, wish, e));
	secret_random(random, sizeof(random));
	wish->salt = text_hex(c->arena, random, sizeof(random));
	/* One session, or one user, is one story: the same objects again. */
	wish->story = wish->session.len > 0 ? wish->session :
	    wish->user.len > 0 ? wish->user : wish->salt;
	if (wish->user.len == 0)
		wish->user = arena_text(c->arena, "trigger_%.*s",
		    STR_FMT(wish->salt));
	return RC_OK;
}

static bool
read_quantity(struct ctl *c, struct example_wish *wish)
{
	const char	*text = ctl_option(c, "quantity");

	if (text == NULL || (str_int64(str_of(text), &wish->quantity) &&
	    wish->quantity >= 1 && wish->quantity <= QUANTITY_MAX))
		return true;
	fprintf(stderr, "rung: --quantity is from 1 to %d\n", QUANTITY_MAX);
	return false;
}

/* How long ago, as a time that fill adds to now. */
static bool
read_ago(struct ctl *c, struct example_wish *wish)
{
	const char	*text = ctl_option(c, "ago");
	int64_t		 seconds = 0;

	if (text == NULL || text_duration(str_of(text), &seconds)) {
		wish->now = -seconds * SECOND;
		return true;
	}
	fprintf(stderr, "rung: --ago is a duration such as 90s or 3d\n");
	return false;
}

static enum finish
unknown_event(struct ctl *c)
{
	fprintf(stderr, "rung: no delivery of %.*s is recorded as %.*s\n"
	    "      `rung trigger %.*s` lists them.\n",
	    STR_FMT(c->operand[0]), STR_FMT(c->operand[1]),
	    STR_FMT(c->operand[0]));
	return USAGE;
}

enum finish
trigger_run(struct ctl *c)
{
	const struct provider	*p = provider_find(c->operand[0]);
	struct example_wish	 wish = { .example = NULL };
	struct told		 told;
	struct str		 body;
	struct err		 e;

	if (p == NULL) {
		fprintf(stderr, "rung: there is no provider %.*s\n",
		    STR_FMT(c->operand[0]));
		return USAGE;
	}
	if (c->operand_count == 1)
		return list_examples(c->operand[0]);
	wish.example = example_find(c->operand[0], c->operand[1]);
	if (wish.example == NULL)
		return unknown_event(c);
	if (!read_sets(c, &wish) || !read_quantity(c, &wish) ||
	    !read_ago(c, &wish))
		return USAGE;
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (fill(c, p, &wish, &e) != RC_OK ||
	    example_make(&wish, c->arena, &body, &e) != RC_OK)
		return ctl_failed(&e);
	if (ctl_option(c, "print") != NULL) {
		ctl_line(body);
		return DONE;
	}
	if (tell(&c->flow, p, body, &told, &e) != RC_OK)
		return ctl_failed(&e);
	tell_print(c, wish.example->name, &told);
	return told.status == 200 ? DONE : FAILED;
}
